/// With respect to what the gradients of the terms are compared.
///
/// In PPO the trainer measures them so. Outside of PPO it says what the caller is to measure: a model
/// without features gives the gradients with respect to all parameters at either site.
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
