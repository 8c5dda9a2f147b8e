/// Weights each term by its priority, as PPO was published: `policy + c₁ value − c₂ entropy`.
///
///     wᵢ = γᵢ
///
/// It needs no measurement and is the baseline for every other balancer.
///
/// Source: Schulman et al., *Proximal Policy Optimization Algorithms*, equation 9,
/// <https://arxiv.org/abs/1707.06347>.
public struct FixedCoefficients: RegisteredBalancer, Hashable {
  /// Listed as `fixed`.
  public static let description = BalancerDescription(
    name: "fixed",
    summary: "constant coefficients: each term counts as its priority says",
    source:
      "Schulman et al., Proximal Policy Optimization Algorithms, https://arxiv.org/abs/1707.06347")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// Nothing is measured.
  public var requiredInformation: RequiredInformation { .nothing }

  /// Weights `terms` by their priorities.
  public init(terms: [LossTerm]) {
    self.terms = terms
  }

  /// Sets the weights to the priorities.
  public func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices { weights[index] = terms[index].priority }
  }
}
