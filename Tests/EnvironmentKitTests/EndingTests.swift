import EnvironmentKit
import RandomStreams
import Testing

/// Forages: an action of 1 finds food in one of two cases. It is over after five meals, and cut off
/// by itself after six steps without one.
struct Forager: Environment {
  struct State: Sendable, Codable, Hashable {
    var meals = 0
    var hunger = 0
  }

  /// What its own way of stepping rows makes of an episode that is cut off; `nil` where rows are
  /// stepped one by one.
  var endingOfRows: Ending?
  var timeLimit: Int?

  let name = "Forager-v0"
  let observationSpace = BoxSpace(lowest: [0, 0], highest: [5, 6])
  let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1]))

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.hunger += 1
    if action[0] > 0, generator.uniform() < 0.5 {
      state.meals += 1
      state.hunger = 0
      return Outcome(reward: 1, terminated: state.meals == 5)
    }
    return Outcome(reward: 0, truncated: state.hunger == 6)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.meals)
    observation[1] = Float(state.hunger)
  }

  func step(_ rows: EnvironmentRows<State>, through buffers: StepBuffers) {
    for row in 0..<rows.count {
      let action = [buffers.actions[row]]
      var outcome = step(&rows.states[row], action: action.span, using: &rows.generators[row])
      if outcome.ending == .truncated { outcome.ending = endingOfRows ?? .truncated }
      conclude(outcome, of: row, in: rows, through: buffers)
    }
  }
}

@Suite("How episodes end")
struct EndingTests {
  @Test("The raw values are those of memory, which kernels write")
  func rawValues() {
    for ending in [Ending.none, .terminated, .truncated] {
      #expect(unsafeBitCast(ending, to: UInt8.self) == ending.rawValue)
    }
    #expect(Ending.none.rawValue == 0 && Ending.terminated.rawValue == 1)
    #expect(MemoryLayout<Ending>.stride == 1)
  }

  @Test("An outcome says how it ends an episode")
  func outcomes() {
    #expect(Outcome(reward: 1) == Outcome(reward: 1, ending: .none))
    #expect(Outcome(reward: 1, terminated: true) == Outcome(reward: 1, ending: .terminated))
    #expect(Outcome(reward: 1, truncated: true) == Outcome(reward: 1, ending: .truncated))
    #expect(Outcome(reward: 1, truncated: false) == Outcome(reward: 1, terminated: false))
    #expect(Outcome(reward: 1, truncated: true).truncated)
    #expect(!Outcome(reward: 1, truncated: true).terminated)
  }

  /// How the episodes of some steps of random actions ended, with their lengths and returns.
  private func endings(
    of environment: some Environment, steps: Int = 300
  ) -> [(ending: Ending, length: Int, episodeReturn: Double, last: [Float])] {
    let rows = 4
    let environments = VectorEnvironment(environment, count: rows, seed: 1)
    let arrays = StepArrays(for: environments)
    var stream = RandomStream(seed: 1, purpose: .action, index: 0)
    return (0..<steps).flatMap { _ in
      environment.actionSpace.sample(into: arrays.actions, using: &stream)
      environments.step(0..<rows, through: arrays.buffers())
      return arrays.endedRows.map { row in
        let width = arrays.observationCount
        return (
          arrays.endings[row], Int(arrays.episodeLengths[row]), arrays.episodeReturns[row],
          Array(arrays.finalObservations[row * width..<(row + 1) * width])
        )
      }
    }
  }

  @Test("An environment cuts its episodes off itself, and the next one begins")
  func truncatesItself() {
    let episodes = endings(of: Forager())
    let starved = episodes.filter { $0.ending == .truncated }
    let sated = episodes.filter { $0.ending == .terminated }
    #expect(starved.count > 20 && sated.count > 5)
    #expect(starved.count + sated.count == episodes.count)
    #expect(starved.allSatisfy { $0.last[1] == 6 && $0.last[0] == Float($0.episodeReturn) })
    #expect(sated.allSatisfy { $0.last == [5, 0] && $0.length >= 5 })
  }

  @Test("A time limit cuts off what goes on, and leaves alone what has ended")
  func meetsLimits() {
    let episodes = endings(of: Forager(timeLimit: 6))
    #expect(episodes.allSatisfy { $0.length <= 6 })
    #expect(episodes.contains { $0.ending == .truncated && $0.last[1] < 6 })
    #expect(episodes.allSatisfy { ($0.last[0] == 5) == ($0.ending == .terminated) })
  }

  @Test("Modifiers keep how episodes end")
  func survivesModifiers() {
    func outline(_ environment: some Environment) -> [String] {
      endings(of: environment).map { "\($0.ending) after \($0.length)" }
    }
    let plain = outline(Forager())
    #expect(outline(Forager().limited(to: 1_000)) == plain)
    #expect(outline(Forager().scalingRewards(by: 0.1)) == plain)
    #expect(outline(Forager().clippingRewards(to: 0...0.5)) == plain)
    #expect(outline(Forager().stackingFrames(2)) == plain)
    #expect(outline(Forager().rescalingActions().clippingActions()) == plain)
  }

  @Test("The checker accepts an environment that cuts its episodes off itself, and its modifiers")
  func checkerAccepts() throws {
    try EnvironmentChecker().check(Forager())
    try EnvironmentChecker().check(Forager(timeLimit: 9))
    try EnvironmentChecker().check(Forager().stackingFrames(3).scalingRewards(by: 2))
  }

  @Test("The checker finds rows that end in another way, or go on")
  func checkerCompares() throws {
    func sentence(_ ending: Ending) throws -> String {
      let findings = EnvironmentChecker().findings(in: Forager(endingOfRows: ending))
      #expect(findings.count == 1)
      return try #require(findings.first).description
    }
    #expect(
      try sentence(.terminated).contains(
        "how the episode ended (0 not, 1 terminated, 2 truncated) is 1.0 and 2.0"))
    #expect(try sentence(.none).contains("did not start the next one"))
  }
}
