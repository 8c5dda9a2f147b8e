/// Why a balancer could not be made, in a sentence that says what to do instead.
public enum BalancerError: Error, Sendable, Hashable {
  /// The method has no meaning for a term of this kind.
  case unsound(balancer: String, term: String, kind: LossTerm.Kind, instead: String)

  /// No method has this name.
  case unknownName(String, similar: [String])

  /// No term has the name that an option refers to.
  case unknownTerm(String, balancer: String, terms: [String])

  /// An option is out of its range.
  case badOption(String, balancer: String, found: String, expected: String)

  /// The measurement lacks what the balancer requires.
  case missingMeasurement(RequiredInformation, balancer: String)

  /// An array has another length than the terms, or the parameters, require.
  case wrongCount(String, balancer: String, found: Int, expected: Int)

  /// A state was read that does not fit the terms or cannot have been written.
  case badState(balancer: String, reason: String)
}

extension BalancerError: CustomStringConvertible {
  /// The sentence that a user is shown.
  public var description: String {
    switch self {
    case .unsound(let balancer, let term, let kind, let instead):
      "The balancer \(balancer) is not sound for the term \(term), \(kind.phrase): \(instead)."
    case .unknownName(let name, let similar) where similar.isEmpty:
      "There is no balancer \(name); BalancerRegistry.names lists those that exist."
    case .unknownName(let name, let similar):
      "There is no balancer \(name); did you mean \(similar.joined(separator: " or "))?"
    case .unknownTerm(let name, let balancer, let terms):
      "The balancer \(balancer) refers to the term \(name), but the terms are "
        + terms.joined(separator: ", ") + "."
    case .badOption(let option, let balancer, let found, let expected):
      "The option \(option) of the balancer \(balancer) is \(found); it must be \(expected)."
    case .missingMeasurement(let level, let balancer):
      "The balancer \(balancer) requires \(level.phrase), which the measurement lacks; "
        + level.instruction + "."
    case .wrongCount(let what, let balancer, let found, let expected):
      "The balancer \(balancer) was given \(found) \(what); it needs \(expected)."
    case .badState(let balancer, let reason):
      "The stored state of the balancer \(balancer) cannot be used: \(reason)."
    }
  }
}

extension RequiredInformation {
  fileprivate var phrase: String {
    switch self {
    case .nothing: "nothing"
    case .values: "the values of the terms"
    case .magnitudes: "the magnitudes of the terms"
    case .featureGradients, .gramian: "the Gramian of the terms' gradients"
    case .gradients: "the sizes of the gradients' entries"
    }
  }

  fileprivate var instruction: String {
    switch self {
    case .nothing: "nothing has to be done"
    case .values: "assign LossMeasurement.values"
    case .magnitudes:
      "assign LossMeasurement.magnitudes, the means of the absolute values of the rows' terms"
    case .featureGradients, .gramian:
      "call LossMeasurement.measureGradients(_:) or assign LossMeasurement.gramian"
    case .gradients: "call LossMeasurement.measureGradients(_:)"
    }
  }
}

extension LossTerm.Kind {
  fileprivate var phrase: String {
    switch self {
    case .nonNegative: "which is never negative"
    case .signed: "whose value has either sign"
    case .bonus: "which is the negative of something to be made large"
    }
  }
}
