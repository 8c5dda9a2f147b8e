import CKernels
import TensorCore

/// The rows of a rollout that one gradient step learns from.
///
/// Each block of rows is gathered by the thread that works on it; what concerns all rows, the mean
/// and the deviation of the advantages, is known before.
final class Minibatch: @unchecked Sendable {
  // Threads write disjoint blocks of rows.

  /// The number of rows, B.
  private(set) var count = 0
  /// `log ρ`-derived diagnostics of each row: the divergence k3 and whether the ratio is clipped.
  let divergences: Buffer
  let clipped: Buffer

  private let rollout: Rollout
  private let chosen: UnsafeMutablePointer<Int32>
  private var advantageMean: Float = 0
  private var advantageScale: Float = 1

  private let observations: Buffer
  private let actions: Buffer
  private let logProbabilities: Buffer
  private let advantages: Buffer
  private let returns: Buffer
  private let values: Buffer

  /// Reserves memory for at most `capacity` rows of a rollout.
  init(of rollout: Rollout, capacity: Int) {
    self.rollout = rollout
    chosen = .allocate(capacity: capacity)
    divergences = Buffer(count: capacity)
    clipped = Buffer(count: capacity)
    observations = Buffer(count: capacity * rollout.observationCount)
    actions = Buffer(count: capacity * rollout.actionCount)
    logProbabilities = Buffer(count: capacity)
    advantages = Buffer(count: capacity)
    returns = Buffer(count: capacity)
    values = Buffer(count: capacity)
  }

  deinit { chosen.deallocate() }

  /// Chooses the rows of the rollout, at most as many as there is memory for.
  func select(_ rows: ArraySlice<Int32>, normalizesAdvantages: Bool) {
    count = rows.count
    for (index, row) in rows.enumerated() { chosen[index] = row }
    (advantageMean, advantageScale) = (0, 1)
    if normalizesAdvantages { measureAdvantages() }
  }

  /// The deviation is that of a sample, with n − 1; a single row has none and becomes 0.
  private func measureAdvantages() {
    let advantages = rollout.advantages.pointer
    var sum = 0.0
    for index in 0..<count { sum += Double(advantages[Int(chosen[index])]) }
    let mean = sum / Double(count)
    var squares = 0.0
    for index in 0..<count {
      let distance = Double(advantages[Int(chosen[index])]) - mean
      squares += distance * distance
    }
    let deviation = (squares / Double(max(count - 1, 1))).squareRoot()
    advantageMean = Float(mean)
    advantageScale = Float(1 / (deviation + 1e-8))
  }

  /// Gathers a block of rows and puts it on a tape.
  func rows(_ range: Range<Int>, on tape: Tape) -> MinibatchRows {
    let (first, size) = (range.lowerBound, range.count)
    let chosen = chosen + first
    func gather(_ source: Buffer, _ target: Buffer, width: Int) -> UnsafeMutablePointer<Float> {
      let rows = target.pointer + first * width
      ck_gather_rows(rows, source.pointer, chosen, size, width)
      return rows
    }
    func column(_ source: Buffer, _ target: Buffer) -> Variable {
      tape.constant(gather(source, target, width: 1), shape: Shape(size))
    }
    let (seen, done) = (rollout.observationCount, rollout.actionCount)
    let advantages = gather(rollout.advantages, advantages, width: 1)
    for row in 0..<size { advantages[row] = (advantages[row] - advantageMean) * advantageScale }
    return MinibatchRows(
      observations: tape.constant(
        gather(rollout.observations, observations, width: seen), shape: Shape(size, seen)),
      actions: tape.constant(
        gather(rollout.actions, actions, width: done), shape: Shape(size, done)),
      oldLogProbabilities: column(rollout.logProbabilities, logProbabilities),
      advantages: tape.constant(advantages, shape: Shape(size)),
      returns: column(rollout.returns, returns),
      oldValues: column(rollout.values, values),
      indices: UnsafeBufferPointer(start: chosen, count: size))
  }
}

/// Some rows of a minibatch, on a tape.
public struct MinibatchRows {
  /// What was seen, as the network sees it, `[rows, D]`.
  public let observations: Variable
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
}
