import PPOCommand

/// A boat crosses a river of eleven places and must land at the eighth.
struct Ferry: Environment {
  let name = "Ferry-v1"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 3)
  let timeLimit: Int? = 40
  let actionNames = ["left", "right", "land"]
  let observationNames = ["place"]
  let hasActionMask = true

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

  /// The boat cannot leave the river.
  func writeActionMask(of state: Int, into mask: inout MutableSpan<Bool>) {
    mask[0] = state > 0
    mask[1] = state < 10
    mask[2] = true
  }

  func scene(of state: Int) -> Scene {
    let harbour = Scene.Point(7, -0.6)
    return Scene(
      center: Scene.Point(5, 0), width: 12, height: 4,
      shapes: [
        .rectangle(at: Scene.Point(5, -0.5), width: 11, height: 0.1, role: .ground),
        .rectangle(at: harbour, width: 0.8, height: 0.4, role: .target),
        .rectangle(at: Scene.Point(Double(state), 0), width: 0.8, height: 0.5, role: .body),
      ],
      movesSmoothly: false)
  }
}

PPOCommand.main(environments: [Ferry()])
