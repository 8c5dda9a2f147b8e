import EnvironmentKit
import RandomStreams

/// Dials that are to be turned to a number that is shown, each within bounds of its own.
package struct Dials: Environment {
  package let bounds: BoxSpace

  package init(lowest: [Float], highest: [Float]) {
    bounds = BoxSpace(lowest: lowest, highest: highest)
  }

  package let name = "Dials"
  package let observationSpace = BoxSpace(lowest: [-1, -1], highest: [1, 1])
  package let timeLimit: Int? = 20
  package var actionSpace: ActionSpace { .box(bounds) }

  package func initialState(using generator: inout RandomStream) -> [Float] {
    (0..<2).map { _ in Float(generator.uniform(in: -1..<1)) }
  }

  package func step(
    _ state: inout [Float], action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    var distance: Float = 0
    for index in action.indices { distance += abs(action[index] - state[index % 2]) }
    state = initialState(using: &generator)
    return Outcome(reward: -Double(distance), terminated: false)
  }

  package func observe(_ state: [Float], into observation: inout MutableSpan<Float>) {
    for (index, number) in state.enumerated() { observation[index] = number }
  }
}
