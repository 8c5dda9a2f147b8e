import EnvironmentKit
import GymnasiumEnvironments
import RandomStreams
import Testing

@Suite("Steps of Gymnasium's environments", .enabled(if: Stub.isAvailable))
struct StepTests {
  /// All that a batch gives for the actions 0, 1, 2, 0, …
  private func transcript(
    _ id: String, count: Int, workers: Int, steps: Int, shares: Int = 1,
    numbers: Int = 0
  ) throws -> [[Float]] {
    let environment = try Stub.environment(id, workers: workers)
    let batch = try environment.makeBatch(
      of: numbers..<numbers + count, seed: 7, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: environment, count: count)
    batch.observe(0..<count, into: arrays.buffers().observations)
    var result = [Array(arrays.observations)]
    for step in 0..<steps {
      for row in 0..<count { arrays.actions[row] = Float((step + row + numbers) % 3) }
      for share in 0..<shares {
        let rows = share * count / shares..<(share + 1) * count / shares
        try batch.step(rows, through: arrays.buffers(from: rows.lowerBound))
      }
      result.append(
        Array(arrays.observations) + Array(arrays.rewards)
          + arrays.endings.map { Float($0.rawValue) } + Array(arrays.finalObservations))
    }
    return result
  }

  @Test("What is described is what Python tells")
  func description() throws {
    let environment = try Stub.environment("Count-v0")
    #expect(environment.name == "gym:Count-v0")
    #expect(environment.actionSpace == .discrete(count: 3))
    #expect(
      environment.observationSpace == BoxSpace(lowest: [-1, -1, -1], highest: [1e6, 1e6, 1e6]))
    #expect(environment.rewardThreshold == 3.5)
    #expect(environment.timeLimit == nil)
    #expect(environment.stepsPerSecond == 20)
    #expect(environment.versions["gymnasium"] == "stub")
    #expect(environment.fingerprint == nil)
    #expect(
      try Stub.environment("Count-v0", ["length": 9], timeLimit: 4).fingerprint
        == #"{"options":{"length":9},"timeLimit":4}"#)
  }

  @Test("Rewards, ends, last observations and the statistics of episodes")
  func episode() throws {
    let environment = try Stub.environment("Count-v0")
    let batch = try environment.makeBatch(
      of: 0..<1, seed: 7, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: environment, count: 1)
    batch.observe(0..<1, into: arrays.buffers().observations)
    let seed = arrays.observations[2]
    #expect(Array(arrays.observations) == [0, 0, seed])
    // The choice 2 is the action 1, since the environment's choices begin with -1.
    arrays.actions[0] = 2
    var steps = 0
    repeat {
      try batch.step(0..<1, through: arrays.buffers())
      steps += 1
      #expect(arrays.rewards[0] == 1.25)
    } while arrays.endings[0] == .none && steps < 99
    #expect(arrays.endings[0] == .terminated)
    #expect(5...7 ~= steps)
    #expect(Array(arrays.finalObservations) == [Float(steps), 1, seed])
    #expect(arrays.observations[0] == 0, "the next episode begins in the same step")
    #expect(arrays.observations[2] != seed, "and has another seed")
    #expect(arrays.episodeReturns[0] == 1.25 * Double(steps))
    #expect(arrays.episodeLengths[0] == steps)
  }

  @Test("A time limit truncates, unless the task ends in the same step")
  func truncation() throws {
    let environment = try Stub.environment("Count-v0", ["length": 1_000], timeLimit: 4)
    #expect(environment.timeLimit == 4)
    let batch = try environment.makeBatch(
      of: 0..<2, seed: 7, purpose: .environment, afterEnd: .wait)
    let arrays = StepArrays(for: environment, count: 2)
    for _ in 0..<4 { try batch.step(0..<2, through: arrays.buffers()) }
    #expect(Array(arrays.endings) == [.truncated, .truncated])
    #expect(arrays.observations[0] == 4, "a copy that waits stays where it ended")
    try batch.restart(1)
    batch.observe(0..<2, into: arrays.buffers().observations)
    #expect([arrays.observations[0], arrays.observations[3]] == [4, 0])

    let both = try Stub.environment("Limited-v0", timeLimit: 5)
    let rows = try both.makeBatch(
      of: 0..<8, seed: 7, purpose: .environment, afterEnd: .restart)
    let results = StepArrays(for: both, count: 8)
    rows.observe(0..<8, into: results.buffers().observations)
    let lengths = (0..<8).map { 5 + Int(results.observations[3 * $0 + 2]) % 1_000 }
    for _ in 0..<5 { try rows.step(0..<8, through: results.buffers()) }
    #expect(Set(results.endings) == [.terminated, .truncated], "\(lengths)")
  }

  @Test("The result depends on neither the number of workers, nor of shares, nor of copies")
  func independence() throws {
    let one = try transcript("Count-v0", count: 7, workers: 1, steps: 40)
    #expect(try transcript("Count-v0", count: 7, workers: 3, steps: 40) == one)
    #expect(try transcript("Count-v0", count: 7, workers: 3, steps: 40, shares: 2) == one)
    #expect(try transcript("Count-v0", count: 7, workers: 2, steps: 40, shares: 5) == one)
    #expect(Set(one.map(\.count)).count == 2)
    let alone = try transcript("Count-v0", count: 1, workers: 1, steps: 40, numbers: 4)
    #expect(alone.map { Array($0[0..<3]) } == one.map { Array($0[12..<15]) })
  }

  @Test("Masks of invalid choices")
  func masks() throws {
    let environment = try Stub.environment("Masked-v0") { $0.usesActionMasks = true }
    #expect(environment.hasActionMask)
    let batch = try environment.makeBatch(
      of: 0..<2, seed: 7, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: environment, count: 2)
    var masks: [Float] = Array(repeating: -1, count: 6)
    #expect(batch.writeActionMasks(into: &masks, of: 0..<2))
    #expect(masks == [1, 0, 0, 1, 0, 0])
    try batch.step(1..<2, through: arrays.buffers(from: 1))
    #expect(batch.writeActionMasks(into: &masks, of: 0..<2))
    #expect(masks == [1, 0, 0, 0, 1, 0])
    #expect(throws: (any Error).self, "gives no masks") {
      try Stub.environment("Count-v0") { $0.usesActionMasks = true }
        .makeBatch(of: 0..<1, seed: 1, purpose: .environment, afterEnd: .restart)
    }
  }
}
