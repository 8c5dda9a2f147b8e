/// Why a decision of an agent cannot be followed: a number of it is infinite or NaN.
public struct DecisionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name of the environment.
  public let environment: String
  /// What the number is.
  public let what: String
  /// The number.
  public let number: Float
  /// How many steps the episode had taken.
  public let steps: Int

  /// What was found, where, and what to do.
  public var description: String {
    """
    The \(what) is \(number) after \(steps) steps of an episode in \(environment); it must be finite. \
    The policy has diverged; lower the learning rate, or take an earlier checkpoint.
    """
  }
}

extension Decision {
  /// What the first number is that is not finite, and the number; `nil` if all are.
  var firstNotFinite: (what: String, number: Float)? {
    if let value, !value.isFinite { return ("expected return", value) }
    if let number = preferences.numbers.first(where: { !$0.isFinite }) {
      return ("probability", number)
    }
    return firstNotFiniteAction
  }

  /// The same of the action alone.
  var firstNotFiniteAction: (what: String, number: Float)? {
    action.first { !$0.isFinite }.map { ("action", $0) }
  }
}

extension Decision.Preferences {
  fileprivate var numbers: [Float] {
    switch self {
    case .choices(let probabilities): Array(probabilities.joined())
    case .normal(let means, let deviations): means + deviations
    case .unknown: []
    }
  }
}
