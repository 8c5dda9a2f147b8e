import ControlEnvironments
import EnvironmentKit
import Testing

@testable import RolloutViewer

@Suite("Names of actions")
struct ActionBarTests {
  private func texts(_ bars: ActionBars) -> [String] {
    bars.marks(in: PictureRectangle(x: 0, y: 0, width: 224, height: 200)).map(\.words)
      .filter { !$0.isEmpty }
  }

  @Test("stand beside their bars, or else numbers do")
  func names() {
    let decision = Decision(action: [1], preferences: .choices([[0.25, 0.75]]))
    let space = ActionSpace.discrete(count: 2)
    #expect(texts(ActionBars(space: space, decision: decision)) == ["0", "25.0%", "1", "75.0%"])
    let named = ActionBars(space: space, names: ["push left", "push right"], decision: decision)
    #expect(texts(named) == ["push left", "25.0%", "push right", "75.0%"])
    let two = ActionBars(
      space: .multiDiscrete(counts: [2, 2]), names: ["a", "b", "c", "d"], decision: nil)
    #expect(texts(two) == ["a", "b", "c", "d"])
    let long = ActionBars(
      space: space, names: [String(repeating: "long ", count: 20), "b"], decision: nil)
    #expect(texts(long)[0].hasSuffix("…"))
  }

  @Test("are as many as there are choices, numbers and observations, in every built-in environment")
  func counts() {
    for environment in EnvironmentRegistry.builtIn.environments {
      let choices = environment.actionSpace.choiceCounts.reduce(0, +)
      let count = choices > 0 ? choices : environment.actionSpace.componentCount
      #expect(environment.actionNames.count == count, "\(environment.name)")
      let observed = environment.observationNames.count
      #expect(observed == 0 || observed == environment.observationSpace.count)
    }
    #expect(CartPole().limited(to: 3).actionNames == CartPole().actionNames)
    #expect(CartPole().stackingFrames(2).observationNames.isEmpty)
  }
}
