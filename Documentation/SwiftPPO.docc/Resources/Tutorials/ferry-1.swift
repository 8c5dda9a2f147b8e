import PPOCommand

/// A boat crosses a river of eleven places and must land at the eighth.
struct Ferry: Environment {
  let name = "Ferry-v1"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 3)
  let timeLimit: Int? = 40

  func initialState(using generator: inout RandomStream) -> Int { generator.integer(below: 11) }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let lands = action[0] == 2
    if lands { return Outcome(reward: state == 7 ? 1 : -1, terminated: true) }
    state = min(max(state + (action[0] == 1 ? 1 : -1), 0), 10)
    return Outcome(reward: -0.01)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state) / 10
  }
}

PPOCommand.main(environments: [Ferry()])
