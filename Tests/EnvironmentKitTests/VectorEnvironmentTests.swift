import EnvironmentKit
import Foundation
import RandomStreams
import Testing

/// What stands in an array where a step wrote nothing.
private let untouched: Float = -1_234

extension StepArrays {
  /// Marks what only steps that end an episode write.
  func clear() {
    finalObservations.update(repeating: untouched)
    episodeReturns.update(repeating: Double(untouched))
    episodeLengths.update(repeating: Int(untouched))
  }

  /// Chooses random actions, from a stream that belongs to the step.
  func drawActions<Base: Environment>(for base: Base, step: Int) {
    for row in 0..<count {
      var stream = RandomStream(seed: UInt64(step), purpose: .action, index: row)
      for (component, number) in base.actionSpace.sample(using: &stream).enumerated() {
        actions[row * actionCount + component] = number
      }
    }
  }

  /// All that a step wrote, in a form that can be compared.
  var results: [[Double]] {
    [
      observations.map(Double.init), finalObservations.map(Double.init),
      rewards.map(Double.init), endings.map { Double($0.rawValue) },
      Array(episodeReturns), episodeLengths.map(Double.init),
    ]
  }
}

/// Steps environments with the same actions each time and returns all that they wrote.
private func results<Base: Environment>(
  of environments: VectorEnvironment<Base>, steps: Range<Int>, ranges: [Range<Int>]? = nil
) -> [[[Double]]] {
  let arrays = StepArrays(for: environments)
  return steps.map { step in
    arrays.clear()
    arrays.drawActions(for: environments.base, step: step)
    for range in ranges ?? [0..<environments.count] {
      environments.step(range, through: arrays.buffers(from: range.lowerBound))
    }
    return arrays.results
  }
}

@Suite("Episodes of a vector environment")
struct EpisodeTests {
  @Test("Termination, truncation and reset are told apart, and reset happens in the same step")
  func endsEpisodes() {
    let limit = 5
    let environments = VectorEnvironment(Countdown(timeLimit: limit), count: 16, seed: 3)
    let arrays = StepArrays(for: environments)
    var seen = (terminated: 0, truncated: 0, both: 0)
    for step in 0..<60 {
      let before = (0..<16).map { environments.state(of: $0) }
      arrays.clear()
      arrays.drawActions(for: environments.base, step: step)
      environments.step(0..<16, through: arrays.buffers())
      for row in 0..<16 {
        let elapsed = before[row].length - before[row].remaining + 1
        let terminates = before[row].remaining == 1
        let truncates = !terminates && elapsed == limit
        #expect((arrays.endings[row] == .terminated) == terminates)
        #expect((arrays.endings[row] == .truncated) == truncates)
        let after = environments.state(of: row)
        #expect(arrays.observations[2 * row] == Float(after.length))
        #expect(arrays.observations[2 * row + 1] == Float(after.remaining))
        if terminates || truncates {
          #expect(after.remaining == after.length, "the next episode is at its start")
          #expect(arrays.finalObservations[2 * row] == Float(before[row].length))
          #expect(arrays.finalObservations[2 * row + 1] == Float(before[row].remaining - 1))
          #expect(arrays.episodeLengths[row] == elapsed)
        } else {
          #expect(after.length == before[row].length)
          #expect(after.remaining == before[row].remaining - 1)
          #expect(arrays.finalObservations[2 * row] == untouched)
          #expect(arrays.episodeLengths[row] == Int(untouched))
          #expect(arrays.episodeReturns[row] == Double(untouched))
        }
        seen.terminated += terminates ? 1 : 0
        seen.truncated += truncates ? 1 : 0
        seen.both += terminates && elapsed == limit ? 1 : 0
      }
    }
    #expect(seen.terminated > 20 && seen.truncated > 20 && seen.both > 5, "\(seen)")
  }

  @Test("The return of an episode is the sum of its rewards", arguments: [nil, 3])
  func sumsRewards(timeLimit: Int?) {
    let environments = VectorEnvironment(Countdown(timeLimit: timeLimit), count: 4, seed: 8)
    let arrays = StepArrays(for: environments)
    var sums = [Double](repeating: 0, count: 4)
    var ended = 0
    for step in 0..<50 {
      arrays.clear()
      arrays.drawActions(for: environments.base, step: step)
      environments.step(0..<4, through: arrays.buffers())
      for row in 0..<4 {
        #expect(arrays.rewards[row] == arrays.actions[row])
        sums[row] += Double(arrays.rewards[row])
        guard arrays.endings[row] != .none else { continue }
        #expect(arrays.episodeReturns[row] == sums[row])
        sums[row] = 0
        ended += 1
      }
    }
    #expect(ended > 20)
  }

  @Test("Without a time limit nothing is truncated")
  func runsOnWithoutLimit() {
    let environments = VectorEnvironment(Wanderer(timeLimit: nil), count: 2, seed: 1)
    let arrays = StepArrays(for: environments)
    for _ in 0..<200 {
      environments.step(0..<2, through: arrays.buffers())
      #expect(arrays.endings.allSatisfy { $0 == .none })
    }
  }

  @Test("The first observations are those of the states")
  func observesAtFirst() {
    let environments = VectorEnvironment(Countdown(), count: 3, seed: 1)
    let arrays = StepArrays(for: environments)
    guard let start = arrays.observations.baseAddress else { return }
    environments.observe(into: start)
    let expected = (0..<3).flatMap { row in
      [Float(environments.state(of: row).length), Float(environments.state(of: row).remaining)]
    }
    #expect(Array(arrays.observations) == expected)
  }
}

@Suite("Reproducibility of a vector environment")
struct VectorReproducibilityTests {
  @Test(
    "It does not matter how rows are split, nor in what order the parts are stepped",
    arguments: [
      [0..<3, 3..<7, 7..<8], [7..<8, 0..<7], [4..<8, 2..<4, 1..<2, 0..<1],
    ])
  func splitsFreely(ranges: [Range<Int>]) {
    let whole = results(of: VectorEnvironment(Wanderer(), count: 8, seed: 4), steps: 0..<50)
    let split = results(
      of: VectorEnvironment(Wanderer(), count: 8, seed: 4), steps: 0..<50, ranges: ranges)
    #expect(split == whole)
  }

  @Test("It does not matter on which threads the parts are stepped")
  func stepsConcurrently() {
    let expected = results(of: VectorEnvironment(Wanderer(), count: 8, seed: 4), steps: 0..<50)
    let environments = VectorEnvironment(Wanderer(), count: 8, seed: 4)
    let arrays = StepArrays(for: environments)
    for step in 0..<50 {
      arrays.clear()
      arrays.drawActions(for: environments.base, step: step)
      nonisolated(unsafe) let shared = arrays
      DispatchQueue.concurrentPerform(iterations: 4) { part in
        environments.step(2 * part..<2 * part + 2, through: shared.buffers(from: 2 * part))
      }
      #expect(arrays.results == expected[step])
    }
  }

  @Test("What a row does does not depend on how many rows there are")
  func rowsStandAlone() {
    let few = VectorEnvironment(Wanderer(), count: 2, seed: 4)
    let many = VectorEnvironment(Wanderer(), count: 9, seed: 4)
    _ = results(of: few, steps: 0..<30)
    _ = results(of: many, steps: 0..<30)
    for row in 0..<2 { #expect(few.state(of: row) == many.state(of: row)) }
  }

  @Test("Seeds and purposes give different episodes")
  func seedsDiffer() {
    let states = [
      VectorEnvironment(Wanderer(), count: 1, seed: 1),
      VectorEnvironment(Wanderer(), count: 1, seed: 2),
      VectorEnvironment(Wanderer(), count: 1, seed: 1, purpose: .evaluationEnvironment),
    ].map { $0.state(of: 0) }
    #expect(Set(states).count == 3)
  }

  @Test("What is restored from a snapshot continues as if nothing had happened")
  func continuesFromSnapshot() throws {
    let environments = VectorEnvironment(Wanderer(), count: 5, seed: 6)
    _ = results(of: environments, steps: 0..<33)
    let stored = try JSONEncoder().encode(environments.snapshot())
    let uninterrupted = results(of: environments, steps: 33..<80)

    let restored = VectorEnvironment(Wanderer(), count: 5, seed: 999)
    restored.restore(
      try JSONDecoder().decode(VectorEnvironment<Wanderer>.Snapshot.self, from: stored))
    #expect(results(of: restored, steps: 33..<80) == uninterrupted)
  }

  @Test("A damaged snapshot is an error, not a crash")
  func refusesDamagedSnapshots() throws {
    let snapshot = VectorEnvironment(Countdown(), count: 2, seed: 1).snapshot()
    #expect(snapshot.count == 2)
    let stored = try JSONEncoder().encode(snapshot)
    var parts = try #require(try JSONSerialization.jsonObject(with: stored) as? [String: Any])
    parts["elapsed"] = [0]
    let damaged = try JSONSerialization.data(withJSONObject: parts)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(VectorEnvironment<Countdown>.Snapshot.self, from: damaged)
    }
  }

  @Test("A snapshot of another number of environments, or rows that are not there, are refused")
  func refusesWrongCounts() async {
    await #expect(processExitsWith: .failure) {
      let three = VectorEnvironment(Countdown(), count: 3, seed: 1)
      let two = VectorEnvironment(Countdown(), count: 2, seed: 1)
      two.restore(three.snapshot())
    }
    await #expect(processExitsWith: .failure) {
      let two = VectorEnvironment(Countdown(), count: 2, seed: 1)
      two.step(1..<3, through: StepArrays(for: two).buffers())
    }
  }
}
