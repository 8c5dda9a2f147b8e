import EnvironmentKit
import RandomStreams
import TestSupport

@testable import RolloutViewer

/// Counts its steps up to an end; the picture has one disc more at each step.
struct Staircase: Environment {
  var name = "Staircase"
  var end = 5
  var drawsItself = true
  var movesSmoothly = true
  let observationSpace = BoxSpace(lowest: [0, -.infinity], highest: [10, .infinity])
  let actionSpace = ActionSpace.discrete(count: 3)
  let timeLimit: Int? = 8
  let stepsPerSecond = 10.0

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: Double(action.choice(among: 3)), terminated: state == end)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state)
    observation[1] = -1
  }

  func scene(of state: Int) -> Scene {
    guard drawsItself else { return Scene(width: 1, height: 1, shapes: []) }
    let discs = (0...state).map { step in
      Scene.Shape.disc(
        at: Scene.Point(Double(step), Double(step) / 2), radius: 0.3, role: .body)
    }
    return Scene(
      center: Scene.Point(2.5, 1), width: 8, height: 4, shapes: discs,
      movesSmoothly: movesSmoothly)
  }
}

/// Always does the same, and notes how it was asked.
final class Habit: Agent {
  let decision: Decision
  private(set) var draws: [[ActionDraw]?] = []

  init(_ decision: Decision) { self.decision = decision }

  func decide(_ observations: [Float], drawing draws: [ActionDraw]?) -> [Decision] {
    self.draws.append(draws)
    return Array(repeating: decision, count: observations.count / 2)
  }

  /// Takes the choice 2 with a probability of three quarters.
  static var second: Habit {
    Habit(Decision(action: [2], preferences: .choices([[0, 0.25, 0.75]]), value: 4))
  }
}

extension SplitMix {
  /// A number in `[0, 1)`.
  mutating func uniform() -> Double { Double.random(in: 0..<1, using: &self) }
}
