import ControlEnvironments
import EnvironmentKit
import RandomStreams
import Testing

@Suite("Every built-in environment")
struct ContractTests {
  static let names = EnvironmentRegistry.builtIn.names

  @Test("keeps the contract of environments", arguments: names)
  func passesChecker(name: String) throws {
    let environment = try EnvironmentRegistry.builtIn.value(named: name)
    #expect(EnvironmentChecker().findings(in: environment) == [])
  }

  @Test("stays inside its observation space and repeats to the bit", arguments: names)
  func repeatsRandomRollouts(name: String) throws {
    let environment = try EnvironmentRegistry.builtIn.value(named: name)
    for seed: UInt64 in 0..<3 {
      let first = rollout(of: environment, seed: seed)
      #expect(first.outside == [])
      #expect(first.numbers == rollout(of: environment, seed: seed).numbers)
      #expect(first.numbers != rollout(of: environment, seed: seed + 100).numbers)
    }
  }

  @Test("says what it is", arguments: names)
  func declaresItself(name: String) throws {
    let environment = try EnvironmentRegistry.builtIn.value(named: name)
    #expect(try #require(environment.timeLimit) >= 200)
    #expect(environment.observationSpace.count >= 2)
    #expect(environment.name.contains("-v"))
  }

  @Test("draws a picture that changes as the state does", arguments: names)
  func drawsItself(name: String) throws {
    let environment = try EnvironmentRegistry.builtIn.value(named: name)
    #expect(pictures(of: environment) > 5)
  }

  /// Steps eight copies with random actions and returns every number that came of it.
  private func rollout<Base: Environment>(
    of base: Base, seed: UInt64
  ) -> (numbers: [Float], outside: [[Float]]) {
    let environments = VectorEnvironment(base, count: 8, seed: seed)
    let arrays = StepArrays(for: environments)
    let width = arrays.observationCount
    var stream = RandomStream(seed: seed, purpose: .action, index: 0)
    var numbers: [Float] = []
    var outside: [[Float]] = []
    for _ in 0..<300 {
      for row in 0..<8 {
        for (component, number) in base.actionSpace.sample(using: &stream).enumerated() {
          arrays.actions[row * arrays.actionCount + component] = number
        }
      }
      environments.step(0..<8, through: arrays.buffers())
      numbers += arrays.observations
      numbers += arrays.finalObservations
      numbers += arrays.rewards
      for row in 0..<8 {
        let observation = Array(arrays.observations[row * width..<(row + 1) * width])
        if !base.observationSpace.contains(observation) { outside.append(observation) }
      }
    }
    return (numbers, outside)
  }

  /// How many different pictures twenty steps with random actions give.
  private func pictures<Base: Environment>(of base: Base) -> Int {
    var stream = RandomStream(seed: 1, purpose: .environment, index: 0)
    var state = base.initialState(using: &stream)
    var scenes = [base.scene(of: state)]
    for _ in 0..<20 {
      let action = base.actionSpace.sample(using: &stream)
      if base.step(&state, action: action.span, using: &stream).terminated { break }
      scenes.append(base.scene(of: state))
    }
    return scenes.allSatisfy { $0.isFinite && $0.shapes.count > 2 } ? Set(scenes).count : 0
  }
}
