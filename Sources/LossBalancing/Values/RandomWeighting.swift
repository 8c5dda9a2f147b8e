/// Weights the terms at random, newly drawn for every minibatch.
///
///     zᵢ ~ N(0, 1)
///     wᵢ = γᵢ softmax(z)ᵢ
///
/// The control of an experiment: a balancer that does no better than this one balances nothing.
///
/// Source: Lin et al., *Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task
/// Learning*, <https://arxiv.org/abs/2111.10603>.
public struct RandomWeighting: RegisteredBalancer, Hashable {
  /// Listed as `random`.
  public static let description = BalancerDescription(
    name: "random",
    summary: "weights drawn at random for every minibatch: the control of an experiment",
    source: "Lin et al., RLW, https://arxiv.org/abs/2111.10603")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// Nothing is measured.
  public var requiredInformation: RequiredInformation { .nothing }

  /// Weights `terms` at random.
  public init(terms: [LossTerm]) {
    self.terms = terms
  }

  /// Draws the weights.
  public func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let drawn = softmax(terms.filter(\.takesPart).map { _ in standardNormal(using: &generator) })
    distribute(drawn, to: &weights)
  }
}
