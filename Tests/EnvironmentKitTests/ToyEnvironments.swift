import EnvironmentKit
import RandomStreams

/// Counts down from a random length; what the agent does is what it earns.
struct Countdown: Environment {
  struct State: Sendable, Codable, Hashable {
    var length: Int
    var remaining: Int
  }

  let name = "Countdown-v1"
  var timeLimit: Int?
  let actionSpace = ActionSpace.discrete(count: 4)
  let observationSpace = BoxSpace(lowest: [0, 0], highest: [9, 9])

  func initialState(using generator: inout RandomStream) -> State {
    let length = 1 + generator.integer(below: 9)
    return State(length: length, remaining: length)
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.remaining -= 1
    return Outcome(reward: Double(action.choice(among: 4)), terminated: state.remaining == 0)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.length)
    observation[1] = Float(state.remaining)
  }
}

/// Wanders by a random amount at each step, towards what the action says; never ends by itself.
struct Wanderer: Environment {
  let name = "Wanderer-v1"
  var timeLimit: Int? = 20
  let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1, 1]))
  let observationSpace = BoxSpace(symmetric: [.infinity])

  func initialState(using generator: inout RandomStream) -> Double { generator.normal() }

  func step(
    _ state: inout Double, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += Double(action[0] - action[1]) + 0.1 * generator.normal()
    return Outcome(reward: -abs(state), terminated: false)
  }

  func observe(_ state: Double, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state)
  }
}
