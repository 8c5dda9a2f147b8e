import EnvironmentKit
import RandomStreams
import Testing

@Suite("Masks of invalid actions")
struct ActionMaskTests {
  @Test("A state in which nothing is valid is found by the checker")
  func findsStatesWithoutChoice() {
    let findings = EnvironmentChecker().findings(in: FaultyWalk(.allChoicesInvalid))
    #expect(
      findings.map(\.description) == [
        "FaultyWalk-v0, episode 0, after 4 steps: component 0 of the action has no valid choice; "
          + "at least one must be valid."
      ])
  }

  @Test("The checker takes valid actions only")
  func checkerKeepsToMask() throws {
    try EnvironmentChecker().check(Stairs())
  }

  @Test("Masks are written row by row and component by component")
  func writesMasks() {
    let environments = VectorEnvironment(Stairs(), count: 3, seed: 1)
    let arrays = StepArrays(for: environments)
    for row in 0..<3 {
      arrays.actions[2 * row] = 1
      arrays.actions[2 * row + 1] = Float(row == 1 ? 2 : 1)
    }
    environments.step(0..<3, through: arrays.buffers())
    var masks = [Float](repeating: .nan, count: 10)
    #expect(environments.writeActionMasks(into: &masks, of: 1..<3))
    // Row 1 stands on stair 3, from which no step may be larger than 1; row 2 on stair 2.
    #expect(masks == [0, 1, 1, 1, 0, 0, 1, 1, 1, 1])
    #expect(ActionSpace.box(BoxSpace(symmetric: [1])).choiceCounts == [])
  }
}

/// Stairs of 4 steps; the first component says whether to climb, which must be so above stair 0, and
/// the second how far, which must not lead beyond the last.
private struct Stairs: Environment {
  let name = "Stairs"
  let observationSpace = BoxSpace(lowest: [0], highest: [4])
  let actionSpace = ActionSpace.multiDiscrete(counts: [2, 3])
  let timeLimit: Int? = 30
  let hasActionMask = true

  func initialState(using generator: inout RandomStream) -> Int { 1 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let distance = action.choice(among: 3, component: 1)
    precondition(action[0] == 1 && state + distance <= 4, "The action is invalid.")
    state += distance
    return Outcome(reward: 0, terminated: state == 4)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state)
  }

  func writeActionMask(of state: Int, into mask: inout MutableSpan<Bool>) {
    if state > 0 { mask[0] = false }
    for distance in 0..<3 { mask[2 + distance] = state + distance <= 4 }
  }
}
