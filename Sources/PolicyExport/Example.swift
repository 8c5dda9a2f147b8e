import EnvironmentKit
import PolicyOptimization

/// Some observations with the actions that the policy takes, step by step from the beginning of an
/// episode, for a file that can test itself.
struct Example {
  /// How many steps there are.
  static let steps = 4
  /// The number in [0, 1) that every choice is drawn with where it is drawn.
  static let uniform: Float = 0.5

  /// `[steps, D]`.
  let observations: [Float]
  /// `[steps, components]`, the most probable actions.
  let actions: [Float]
  /// `[steps, components]`, the choices that ``uniform`` draws; the most probable real numbers.
  let drawnActions: [Float]

  init(_ policy: TrainedPolicy, in environment: any BatchableEnvironment) throws {
    let player = try PolicyPlayer(policy, in: environment)
    let width = environment.observationSpace.count
    var numbers = Weyl()
    let observations = (0..<Self.steps * width).map { index in
      let component = index % width
      let number = numbers.next()
      guard let normalizer = policy.normalizer else { return number }
      return normalizer.means[component] + number / normalizer.scales[component]
    }
    self.observations = observations
    let decisions = (0..<Self.steps).map { step in
      player.decide(
        Array(observations[step * width..<(step + 1) * width]),
        in: [Situation(environment: 0, isFirst: step == 0)], drawing: nil)[0]
    }
    actions = decisions.flatMap(\.action)
    drawnActions = decisions.flatMap { decision in
      guard case .choices(let probabilities) = decision.preferences else { return decision.action }
      return probabilities.map { Float(Self.choice($0, at: Self.uniform)) }
    }
  }

  /// The first choice at which the sum of the probabilities exceeds a number; the last possible one
  /// where rounding lets the sum of all stay below it.
  static func choice(_ probabilities: [Float], at number: Float) -> Int {
    var left = number
    for (choice, probability) in probabilities.dropLast().enumerated() {
      left -= probability
      if left < 0 { return choice }
    }
    return probabilities.lastIndex { $0 > 0 } ?? 0
  }
}

/// Numbers from −1 to 1 that fill the interval evenly: multiples of the golden ratio.
private struct Weyl {
  private var state: UInt32 = 0

  mutating func next() -> Float {
    state &+= 0x9e37_79b9
    return Float(state >> 8) / Float(1 << 23) - 1
  }
}
