import EnvironmentKit
import RandomStreams
import Testing

/// Earns the sum of its two actions; the second has no upper bound.
private struct Valve: Environment {
  let name = "Valve"
  let timeLimit: Int? = 5
  let observationSpace = BoxSpace(lowest: [0], highest: [.infinity])
  let actionSpace = ActionSpace.box(BoxSpace(lowest: [0, -2], highest: [50, .infinity]))

  struct State: Codable, Sendable {
    var steps = 0
    var flow: [Float] = [0, 0]
  }

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    state.flow = [action[0], action[1]]
    return Outcome(reward: Double(action[0] + action[1]), terminated: false)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.steps)
  }
}

@Suite("Actions in other units")
struct ActionScaledTests {
  private let environment = Valve().rescalingActions(by: [25, 4], around: [25, 10])

  private func flow(_ action: [Float]) -> [Float] {
    var generator = RandomStream(seed: 1, purpose: .environment, index: 0)
    var state = environment.initialState(using: &generator)
    _ = environment.step(&state, action: action.span, using: &generator)
    return state.flow
  }

  @Test("reach the base as middle + scale · action, within its bounds")
  func scales() {
    #expect(
      environment.actionSpace == .box(BoxSpace(lowest: [-1, -3], highest: [1, .infinity])))
    #expect(flow([0, 0]) == [25, 10])
    #expect(flow([1, -3]) == [50, -2])
    #expect(flow([-0.5, 100]) == [12.5, 410])
    #expect(flow([7, -7]) == [50, -2])
    #expect(flow([.nan, 0])[0].isNaN)
  }

  @Test("keep the contract")
  func keepsContract() throws { try EnvironmentChecker().check(environment) }
}
