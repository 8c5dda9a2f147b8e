import PPOCommand

struct Corridor: Environment {
  let name = "Corridor"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 50
  func initialState(using generator: inout RandomStream) -> Int { generator.integer(below: 5) }
  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state = max(0, state + (action[0] == 1 ? 1 : -1))
    return Outcome(reward: state == 10 ? 1 : -0.01, terminated: state == 10)
  }
  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state) / 10
  }
}

PPOCommand.main(environments: [Corridor()])
