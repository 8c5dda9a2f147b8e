import EnvironmentKit
import RandomStreams
import Testing

@testable import ControlEnvironments

/// An environment without its own way of stepping several rows.
private struct OneByOne<Base: Environment>: Environment {
  let base: Base
  var timeLimit: Int? { base.timeLimit }

  var name: String { base.name }
  var observationSpace: BoxSpace { base.observationSpace }
  var actionSpace: ActionSpace { base.actionSpace }

  func initialState(using generator: inout RandomStream) -> Base.State {
    base.initialState(using: &generator)
  }

  func step(
    _ state: inout Base.State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    base.step(&state, action: action, using: &generator)
  }

  func observe(_ state: Base.State, into observation: inout MutableSpan<Float>) {
    base.observe(state, into: &observation)
  }
}

/// The bits of all that steps with random actions wrote, one after the other.
private func bits<Base: Environment>(
  of base: Base, rows: Int, steps: Int, ranges: [Range<Int>]? = nil
) -> [[UInt64]] {
  let environments = VectorEnvironment(base, count: rows, seed: 7)
  let arrays = StepArrays(for: environments)
  var generator = RandomStream(seed: 3, purpose: .action, index: rows)
  return (0..<steps).map { _ in
    base.actionSpace.sample(into: arrays.actions, using: &generator)
    for range in ranges ?? [0..<rows] {
      environments.step(range, through: arrays.buffers(from: range.lowerBound))
    }
    let numbers = [arrays.observations, arrays.finalObservations, arrays.rewards]
    return numbers.flatMap { $0.map { UInt64($0.bitPattern) } }
      + arrays.endings.map { UInt64($0.rawValue) }
      + arrays.episodeReturns.map(\.bitPattern) + arrays.episodeLengths.map { UInt64($0) }
  }
}

@Suite("Batches of the built-in environments")
struct BatchTests {
  static let names = EnvironmentRegistry.builtIn.names

  @Test("A batch has the bits of as many single environments", arguments: names)
  func equalsSingles(name: String) throws {
    let environment = try EnvironmentRegistry.builtIn.value(named: name)
    func compare<Base: Environment>(_ base: Base) {
      for rows in [1, 2, 15, 16, 17, 31, 33, 255, 256, 257, 300] {
        // Long enough for the time limits of the tasks, once with a rest and once without.
        let steps = rows == 16 || rows == 17 ? base.timeLimit.map { $0 + 20 } ?? 50 : 40
        let together = bits(of: base, rows: rows, steps: steps)
        #expect(together == bits(of: OneByOne(base: base), rows: rows, steps: steps), "\(rows)")
      }
    }
    compare(environment)
  }

  @Test("It does not matter how a batch is dealt out", arguments: names)
  func splitsFreely(name: String) throws {
    let environment = try EnvironmentRegistry.builtIn.value(named: name)
    func compare<Base: Environment>(_ base: Base) {
      let whole = bits(of: base, rows: 70, steps: 60)
      for ranges in [[0..<35, 35..<70], [64..<70, 3..<64, 0..<3], [0..<1, 1..<18, 18..<70]] {
        #expect(bits(of: base, rows: 70, steps: 60, ranges: ranges) == whole, "\(ranges)")
      }
    }
    compare(environment)
  }

  @Test("Episodes end in the batches that are compared, by themselves and by the time limit")
  func reachEnds() throws {
    var ends = (terminated: 0, truncated: 0)
    func count<Base: Environment>(_ base: Base) {
      let environments = VectorEnvironment(base, count: 17, seed: 7)
      let arrays = StepArrays(for: environments)
      var generator = RandomStream(seed: 3, purpose: .action, index: 17)
      for _ in 0..<(base.timeLimit ?? 0) + 20 {
        base.actionSpace.sample(into: arrays.actions, using: &generator)
        environments.step(0..<17, through: arrays.buffers())
        ends.terminated += arrays.endings.count { $0 == .terminated }
        ends.truncated += arrays.endings.count { $0 == .truncated }
      }
    }
    for name in Self.names { count(try EnvironmentRegistry.builtIn.value(named: name)) }
    #expect(ends.terminated > 1_000 && ends.truncated > 50, "\(ends)")
  }

  @Test("An action of another size is refused, and an observation of another size")
  func refusesWrongCounts() async {
    await #expect(processExitsWith: .failure) {
      var state = PlanarQuadrotor.State(x: 0, y: 0, angle: 0)
      _ = PlanarQuadrotor().step(&state, action: [0])
    }
    await #expect(processExitsWith: .failure) {
      var observation: [Float] = [0, 0, 0, 0]
      var span = observation.mutableSpan
      Pendulum().observe(Pendulum.State(angle: 0, angularVelocity: 0), into: &span)
    }
  }

  @Test("An action that is no choice is refused, wherever it is in a batch")
  func refusesWrongChoices() async {
    await #expect(processExitsWith: .failure) {
      let environments = VectorEnvironment(CartPole(), count: 20, seed: 1)
      let arrays = StepArrays(for: environments)
      arrays.actions[9] = 2
      environments.step(0..<20, through: arrays.buffers())
    }
    await #expect(processExitsWith: .failure) {
      let environments = VectorEnvironment(MountainCar(), count: 20, seed: 1)
      let arrays = StepArrays(for: environments)
      arrays.actions[19] = 0.5
      environments.step(0..<20, through: arrays.buffers())
    }
  }
}
