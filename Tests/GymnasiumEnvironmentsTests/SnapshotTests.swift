import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import RandomStreams
import Testing

@Suite("Snapshots of Gymnasium's environments", .enabled(if: Stub.isAvailable))
struct SnapshotTests {
  private func batch(_ environment: GymnasiumEnvironment) throws -> GymnasiumBatch {
    let batch = try environment.makeBatch(
      of: 0..<5, seed: 3, purpose: .environment, afterEnd: .restart)
    return try #require(batch as? GymnasiumBatch)
  }

  /// What some steps give, with what is observed at the end.
  private func play(
    _ batch: GymnasiumBatch, of environment: GymnasiumEnvironment, steps: Range<Int>
  ) throws -> [[Float]] {
    let arrays = StepArrays(for: environment, count: 5)
    return try steps.map { step in
      for row in 0..<5 { arrays.actions[row] = Float((step * step + row) % 3) }
      try batch.step(0..<5, through: arrays.buffers())
      return Array(arrays.observations) + Array(arrays.rewards)
        + arrays.endedRows.map { Float(arrays.episodeReturns[$0]) }
    }
  }

  private func stored(_ snapshot: GymnasiumBatch.Snapshot) throws -> GymnasiumBatch.Snapshot {
    try JSONDecoder().decode(
      GymnasiumBatch.Snapshot.self, from: JSONEncoder().encode(snapshot))
  }

  @Test("A stored batch goes on as the one that it was taken of, in other processes")
  func continued() throws {
    let environment = try Stub.environment("Count-v0", ["length": 11], workers: 2)
    let original = try batch(environment)
    _ = try play(original, of: environment, steps: 0..<38)
    let snapshot = try stored(original.snapshot())
    let expected = try play(original, of: environment, steps: 38..<80)

    let other = try Stub.environment("Count-v0", ["length": 11], workers: 3)
    let resumed = try batch(other)
    try resumed.restore(snapshot)
    #expect(resumed.notice == nil)
    #expect(try play(resumed, of: other, steps: 38..<80) == expected)
  }

  @Test("Episodes that cannot be played again start again, and a sentence says so")
  func lost() throws {
    // The observation tells which episode of its object it is, which no other object repeats.
    let environment = try Stub.environment("Count-v0", ["carries": true])
    let original = try batch(environment)
    _ = try play(original, of: environment, steps: 0..<38)
    let resumed = try batch(environment)
    try resumed.restore(stored(original.snapshot()))
    #expect(
      resumed.notice
        == """
        5 of 5 environments could not be brought back to where they were, so that their episodes \
        start again.
        """)
    var observations = [Float](repeating: -1, count: 15)
    resumed.observe(0..<5, into: &observations)
    #expect((0..<5).allSatisfy { observations[3 * $0] == 0 })
    _ = try play(resumed, of: environment, steps: 38..<80)
  }

  @Test("Where only the first episode has a seed, none is played again")
  func unseeded() throws {
    let environment = try Stub.environment("Count-v0") { $0.reseedsEpisodes = false }
    let original = try batch(environment)
    _ = try play(original, of: environment, steps: 0..<20)
    let resumed = try batch(environment)
    try resumed.restore(original.snapshot())
    #expect(resumed.notice?.hasPrefix("5 of 5") == true)
  }
}
