import CKernels
import EnvironmentKit
import NeuralNetworks
import TensorCore

/// The rows of a rollout that one gradient step learns from.
///
/// They are chosen as whole sequences; for a network that remembers nothing a sequence is a single
/// row. Each block of rows is gathered by the thread that works on it; what concerns all rows, the
/// mean and the deviation of the advantages, is known before.
final class Minibatch: @unchecked Sendable {
  // Threads write disjoint blocks of rows.

  /// The number of rows, B.
  private(set) var count = 0
  /// `log ρ`-derived diagnostics of each row: the divergence k3 and whether the ratio is clipped.
  let divergences: Buffer
  let clipped: Buffer

  private let rollout: Rollout
  private let chosen: UnsafeMutablePointer<Int32>
  private let indices: UnsafeMutablePointer<Int32>
  private var advantageMean: Float = 0
  private var advantageScale: Float = 1

  private let observations: Buffer
  private let actions: Buffer
  private let actionMasks: Buffer
  private let memories: Buffer
  private let continuations: Buffer
  private let logProbabilities: Buffer
  private let advantages: Buffer
  private let returns: Buffer
  private let values: Buffer

  /// Reserves memory for at most `capacity` rows of a rollout.
  init(of rollout: Rollout, capacity: Int) {
    self.rollout = rollout
    let sequences = capacity / rollout.sequenceLength
    chosen = .allocate(capacity: sequences)
    indices = .allocate(capacity: capacity)
    divergences = Buffer(count: capacity)
    clipped = Buffer(count: capacity)
    // Bytes are gathered on the tape of a block: as floats they take four times the memory.
    observations = Buffer(
      count: rollout.storedObservations == nil ? capacity * rollout.observationCount : 0)
    actions = Buffer(count: capacity * rollout.actionCount)
    actionMasks = Buffer(count: capacity * rollout.choiceCount)
    memories = Buffer(count: sequences * rollout.memoryCount)
    continuations = Buffer(count: rollout.memoryCount > 0 ? capacity : 0)
    logProbabilities = Buffer(count: capacity)
    advantages = Buffer(count: capacity)
    returns = Buffer(count: capacity)
    values = Buffer(count: capacity)
  }

  deinit {
    chosen.deallocate()
    indices.deallocate()
  }

  /// Chooses sequences of the rollout, at most as many as there is memory for.
  func select(_ sequences: ArraySlice<Int32>, normalizesAdvantages: Bool) {
    count = sequences.count * rollout.sequenceLength
    for (index, sequence) in sequences.enumerated() { chosen[index] = sequence }
    (advantageMean, advantageScale) = (0, 1)
    if normalizesAdvantages { measureAdvantages() }
  }

  /// The deviation is that of a sample, with n − 1; a single row has none and becomes 0.
  private func measureAdvantages() {
    let advantages = rollout.advantages.pointer
    var sum = 0.0
    forEachRow { sum += Double(advantages[$0]) }
    let mean = sum / Double(count)
    var squares = 0.0
    forEachRow { row in
      let distance = Double(advantages[row]) - mean
      squares += distance * distance
    }
    let deviation = (squares / Double(max(count - 1, 1))).squareRoot()
    advantageMean = Float(mean)
    advantageScale = Float(1 / (deviation + 1e-8))
  }

  @inline(__always)
  private func forEachRow(_ body: (Int) -> Void) {
    for sequence in 0..<count / rollout.sequenceLength {
      for step in 0..<rollout.sequenceLength {
        body(rollout.row(of: Int(chosen[sequence]), step: step))
      }
    }
  }

  /// Gathers a block of rows, whole sequences, step by step, and puts it on a tape.
  func rows(_ range: Range<Int>, on tape: Tape) -> MinibatchRows {
    let (first, size) = (range.lowerBound, range.count)
    let indices = indices(of: range)
    func gather(_ source: Buffer, _ target: Buffer, width: Int) -> UnsafeMutablePointer<Float> {
      let rows = target.pointer + first * width
      ck_gather_rows(rows, source.pointer, indices, size, width)
      return rows
    }
    func column(_ source: Buffer, _ target: Buffer) -> Variable {
      tape.constant(gather(source, target, width: 1), shape: Shape(size))
    }
    func matrix(_ source: Buffer, _ target: Buffer, width: Int) -> Variable {
      tape.constant(gather(source, target, width: width), shape: Shape(size, width))
    }
    let advantages = gather(rollout.advantages, advantages, width: 1)
    for row in 0..<size { advantages[row] = (advantages[row] - advantageMean) * advantageScale }
    return MinibatchRows(
      input: PolicyInput(
        observations: unpackedObservations(indices, size, on: tape)
          ?? matrix(rollout.observations, observations, width: rollout.observationCount),
        actionMask: rollout.choiceCount > 0
          ? matrix(rollout.actionMasks, actionMasks, width: rollout.choiceCount) : nil,
        memory: memory(range, on: tape)),
      actions: matrix(rollout.actions, actions, width: rollout.actionCount),
      oldLogProbabilities: column(rollout.logProbabilities, logProbabilities),
      advantages: tape.constant(advantages, shape: Shape(size)),
      returns: column(rollout.returns, returns),
      oldValues: column(rollout.values, values),
      indices: UnsafeBufferPointer(start: indices, count: size))
  }

  /// The observations of a block in single precision, as the network sees them, where parts are kept as
  /// bytes; else `nil`.
  private func unpackedObservations(
    _ indices: UnsafePointer<Int32>, _ count: Int, on tape: Tape
  ) -> Variable? {
    guard let stored = rollout.storedObservations else { return nil }
    let width = rollout.observationCount
    let rows = tape.scratch(count * width)
    for row in 0..<count { stored.read(Int(indices[row]), into: rows + row * width) }
    rollout.normalizer?.apply(to: rows, from: rows, rows: count)
    return tape.constant(rows, shape: Shape(count, width))
  }

  /// The rows of the rollout that a block consists of.
  private func indices(of range: Range<Int>) -> UnsafePointer<Int32> {
    let length = rollout.sequenceLength
    precondition(
      range.lowerBound % length == 0 && range.count % length == 0,
      "The rows \(range) are not whole sequences of \(length).")
    let (first, sequences) = (range.lowerBound / length, range.count / length)
    var at = range.lowerBound
    for step in 0..<length {
      for sequence in first..<first + sequences {
        indices[at] = Int32(
          truncatingIfNeeded: rollout.row(of: Int(chosen[sequence]), step: step))
        at += 1
      }
    }
    return UnsafePointer(indices + range.lowerBound)
  }

  /// What was remembered at the start of a block's sequences, and where episodes began within them;
  /// `nil` for a network that remembers nothing.
  private func memory(_ range: Range<Int>, on tape: Tape) -> SequenceMemory? {
    let (length, width) = (rollout.sequenceLength, rollout.memoryCount)
    guard width > 0 else { return nil }
    let (first, sequences) = (range.lowerBound / length, range.count / length)
    let states = memories.pointer + first * width
    ck_gather_rows(states, rollout.memories.pointer, chosen + first, sequences, width)
    let continuations = continuations.pointer + range.lowerBound
    for row in 0..<range.count {
      let index = Int(indices[range.lowerBound + row])
      // What was remembered at the start is nothing already where an episode began there.
      continuations[row] = row < sequences || !rollout.beginsEpisode(at: index) ? 1 : 0
    }
    return SequenceMemory(
      steps: length, states: tape.constant(states, shape: Shape(sequences, width)),
      continues: tape.constant(continuations, shape: Shape(range.count, 1)))
  }
}

extension Rollout {
  /// Whether an episode begins with a row that is not one of the first step.
  fileprivate func beginsEpisode(at row: Int) -> Bool {
    endings[row - environmentCount] != .none
  }
}

/// Some rows of a minibatch, on a tape.
public struct MinibatchRows {
  /// What the network is given.
  public let input: PolicyInput
  /// What was done, `[rows, A]`.
  public let actions: Variable
  /// The logarithm of the probability that it had then, `[rows]`.
  public let oldLogProbabilities: Variable
  /// How much better it was than expected, normalised if that is asked for, `[rows]`.
  public let advantages: Variable
  /// What the value should have been, `[rows]`.
  public let returns: Variable
  /// What the value was, `[rows]`.
  public let oldValues: Variable
  /// Which rows of the rollout these are: `t · N + n` for step t of environment n. For targets of
  /// one's own; valid as long as the tape is not reset.
  public let indices: UnsafeBufferPointer<Int32>

  /// What was seen, as the network sees it, `[rows, D]`.
  public var observations: Variable { input.observations }
}
