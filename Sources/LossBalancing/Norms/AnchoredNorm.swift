/// Scales each term so that its gradient is as long as an anchor's, times its priority.
///
///     wₐ = γₐ
///     wᵢ = γᵢ · EMA(nₐ) / EMA(nᵢ)
///
/// In PPO the anchor is the policy, whose weight stays its priority, and priorities are shares of
/// its gradient: entropy with 0.01 gets a hundredth of it.
///
/// The norm is that of the minibatch's gradient, in which rows that pull in different directions
/// cancel. Where a term has no gradient, its average stays; where it has never had one, like the
/// entropy of a Gaussian of constant width with respect to the features, its weight is its priority.
///
/// Source: ours, after the balancer of Défossez et al., *High Fidelity Neural Audio Compression*,
/// <https://arxiv.org/abs/2210.13438>.
public struct AnchoredNorm: RegisteredBalancer, Hashable {
  /// Listed as `anchored-norm`.
  public static let description = BalancerDescription(
    name: "anchored-norm",
    summary: "gradients scaled to the policy's length, times priorities",
    source: "this project, after Défossez et al., https://arxiv.org/abs/2210.13438")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The name of the term that the others are scaled to.
  public let anchor: String

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  private var averages: DebiasedAverage
  private var ratios: LimitedRatios

  /// The Gramian at the site.
  public var requiredInformation: RequiredInformation { site.requiredInformation }

  /// Scales terms to the gradient of an anchor.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - anchor: The name of the term to scale to; by default the first signed one that takes part,
  ///     or else the first that takes part.
  ///   - decay: How much less the past counts with each minibatch, `β`, in `0..<1`.
  ///   - ratioLimit: The largest ratio of weight to priority, and one over the smallest, in
  ///     `1...1e30`.
  ///   - stepLimit: The largest factor by which a ratio changes in one minibatch, above 1, if any.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range or an anchor that does not exist.
  public init(
    terms: [LossTerm],
    anchor: String? = nil,
    decay: Double = 0.99,
    ratioLimit: Double = 1e12,
    stepLimit: Double? = nil,
    site: GradientSite = .features
  ) throws(BalancerError) {
    self.terms = terms
    self.anchor = anchor ?? terms.naturalAnchor
    self.site = site
    averages = DebiasedAverage(count: terms.count, decay: decay)
    ratios = LimitedRatios(count: terms.count, ratioLimit: ratioLimit, stepLimit: stepLimit)
    try validate()
  }

  /// Scales terms to the gradient of their natural anchor, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) { try self.init(terms: terms, anchor: nil) }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireTerm(named: anchor)
    try averages.validate(for: self)
    try ratios.validate(for: self)
  }

  /// Updates the averages and sets the weights to the priorities times the ratios of averages.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices where terms[index].takesPart {
      let norm = measurement.gradientNorm(of: index)
      if norm > 0 { averages.add(norm, at: index) }
    }
    for index in terms.indices {
      weights[index] = terms[index].takesPart ? terms[index].priority * ratio(at: index) : 0
    }
  }

  /// Whether the ratio of the term at `index` was held back by a limit.
  public func isClamped(at index: Int) -> Bool { ratios.isClamped(at: index) }

  private mutating func ratio(at index: Int) -> Double {
    guard let anchor = terms.index(of: anchor), anchor != index else { return 1 }
    guard averages[anchor] > 0 && averages[index] > 0 else { return 1 }
    return ratios.limit(averages[anchor] / averages[index], at: index)
  }
}
