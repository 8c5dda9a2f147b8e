import EnvironmentKit
import RandomStreams

/// A row of lamps one of which is lit; naming it earns 1. An episode is truncated after 10 steps by
/// the environment itself, and once in a while earlier.
struct Lamps: Environment {
  struct State: Codable, Sendable {
    var lit: Int
    var steps = 0
  }

  let name = "Lamps"
  let observationSpace = BoxSpace(lowest: [0, 0, 0], highest: [1, 1, 1])
  let actionSpace = ActionSpace.discrete(count: 3)
  let timeLimit: Int? = nil

  func initialState(using generator: inout RandomStream) -> State {
    State(lit: generator.integer(below: 3))
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let reward: Double = action.choice(among: 3) == state.lit ? 1 : 0
    state.lit = generator.integer(below: 3)
    state.steps += 1
    let isOver = state.steps == 10 || generator.integer(below: 50) == 0
    return Outcome(reward: reward, ending: isOver ? .truncated : .none)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    for lamp in 0..<3 { observation[lamp] = lamp == state.lit ? 1 : 0 }
  }
}

/// The same task as a simulator that steps all its copies itself.
struct SimulatedLamps: BatchableEnvironment {
  let name = "Lamps"
  let observationSpace = Lamps().observationSpace
  let actionSpace = Lamps().actionSpace
  let timeLimit: Int? = nil
  /// The step of each copy at which the simulator fails, if it does.
  var failingStep: Int?
  /// What is told of the return of an episode instead of what it was.
  var toldReturn: Double?
  var maximumShares = Int.max
  var canTakeBack = true

  let snapshotType: any EnvironmentSnapshot.Type = Batch.Snapshot.self

  func makeBatch(
    of numbers: Range<Int>, seed: UInt64, purpose: RandomStream.Purpose, afterEnd: AfterEnd
  ) -> any EnvironmentBatch {
    Batch(self, numbers, seed: seed, purpose: purpose, afterEnd: afterEnd)
  }

  struct Failure: Error, CustomStringConvertible {
    let description = "The lamp is broken."
  }

  final class Batch: EnvironmentBatch, @unchecked Sendable {
    // Threads step disjoint rows.

    struct Snapshot: EnvironmentSnapshot {
      var lamps: [Lamps.State]
      var streams: [RandomStream]
      var returns: [Double]
      var count: Int { lamps.count }
    }

    let count: Int
    let maximumShares: Int
    let canTakeBack: Bool
    private let failingStep: Int?
    private let toldReturn: Double?
    private let afterEnd: AfterEnd
    private let rows: UnsafeMutableBufferPointer<Row>

    private struct Row {
      var state: Lamps.State
      var stream: RandomStream
      var earned = 0.0
      var steps = 0
    }

    init(
      _ lamps: SimulatedLamps, _ numbers: Range<Int>, seed: UInt64,
      purpose: RandomStream.Purpose, afterEnd: AfterEnd
    ) {
      count = numbers.count
      maximumShares = lamps.maximumShares
      canTakeBack = lamps.canTakeBack
      failingStep = lamps.failingStep
      toldReturn = lamps.toldReturn
      self.afterEnd = afterEnd
      rows = .allocate(capacity: numbers.count)
      for (row, number) in numbers.enumerated() {
        var stream = RandomStream(seed: seed, purpose: purpose, index: number)
        let state = Lamps().initialState(using: &stream)
        rows.initializeElement(at: row, to: Row(state: state, stream: stream))
      }
    }

    deinit { rows.deallocate() }

    func observe(_ range: Range<Int>, into observations: UnsafeMutablePointer<Float>) {
      for (index, row) in range.enumerated() {
        for lamp in 0..<3 {
          observations[3 * index + lamp] = lamp == rows[row].state.lit ? 1 : 0
        }
      }
    }

    func step(_ range: Range<Int>, through buffers: StepBuffers) throws {
      for (index, row) in range.enumerated() {
        rows[row].steps += 1
        if rows[row].steps == failingStep { throw Failure() }
        let action = UnsafeBufferPointer(start: buffers.actions + index, count: 1).span
        let outcome = Lamps().step(
          &rows[row].state, action: action, using: &rows[row].stream)
        rows[row].earned += outcome.reward
        buffers.rewards[index] = Float(outcome.reward)
        buffers.endings[index] = outcome.ending
        observe(row..<row + 1, into: buffers.observations + 3 * index)
        if outcome.ending == .none { continue }
        buffers.episodeReturns[index] = toldReturn ?? rows[row].earned
        buffers.episodeLengths[index] = rows[row].state.steps
        (buffers.finalObservations + 3 * index)
          .update(from: buffers.observations + 3 * index, count: 3)
        guard afterEnd == .restart else { continue }
        restart(row)
        observe(row..<row + 1, into: buffers.observations + 3 * index)
      }
    }

    func writeActionMasks(
      into masks: UnsafeMutablePointer<Float>, of rows: Range<Int>
    ) -> Bool { true }

    func restart(_ row: Int) {
      rows[row].state = Lamps().initialState(using: &rows[row].stream)
      rows[row].earned = 0
    }

    func snapshot() -> Snapshot {
      Snapshot(
        lamps: rows.map(\.state), streams: rows.map(\.stream), returns: rows.map(\.earned))
    }

    func restore(_ snapshot: Snapshot) {
      for row in 0..<count {
        rows[row].state = snapshot.lamps[row]
        rows[row].stream = snapshot.streams[row]
        rows[row].earned = snapshot.returns[row]
      }
    }
  }
}
