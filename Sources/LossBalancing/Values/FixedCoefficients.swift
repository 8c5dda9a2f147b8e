/// Weighs each term by its priority, as PPO was published: `policy + c₁ value − c₂ entropy`.
///
///     wᵢ = γᵢ
///
/// It needs to know nothing about a minibatch and is what every other balancer is compared with.
///
/// Source: Schulman et al., *Proximal Policy Optimization Algorithms*, equation 9,
/// <https://arxiv.org/abs/1707.06347>.
public struct FixedCoefficients: LossBalancer, Hashable {
  /// Listed as `fixed`.
  public static let description = BalancerDescription(
    name: "fixed",
    summary: "constant coefficients: each term counts as its priority says",
    source:
      "Schulman et al., Proximal Policy Optimization Algorithms, https://arxiv.org/abs/1707.06347")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// Nothing.
  public var requiredInformation: RequiredInformation { .nothing }

  /// Weighs `terms` by their priorities.
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
