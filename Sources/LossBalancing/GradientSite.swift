/// With respect to what the gradients of the terms are compared.
public enum GradientSite: String, Sendable, Codable, CaseIterable {
  /// The outputs of the last hidden layers: cheap, for only the heads run backwards.
  case features
  /// All parameters: one backward pass a term.
  case parameters

  var requiredInformation: RequiredInformation {
    switch self {
    case .features: .featureGradients
    case .parameters: .gramian
    }
  }
}
