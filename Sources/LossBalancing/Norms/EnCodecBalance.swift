/// Gives each term a fixed share of a gradient of fixed length.
///
///     wᵢ = γᵢ / Σγ · R / (EMA(nᵢ) + 1e-12)
///
/// At the site, the weighted gradients have lengths that add up to `R`. The total's length is `R`
/// only if they are parallel, and a clipping threshold has to be chosen for it. A term that has
/// never had a gradient there is weighted by its share.
///
/// Source: Défossez et al., *High Fidelity Neural Audio Compression*,
/// <https://arxiv.org/abs/2210.13438>; here the norm is that of the minibatch's gradient and not the
/// mean of the rows' norms.
public struct EnCodecBalance: RegisteredBalancer, Hashable {
  /// Listed as `encodec`.
  public static let description = BalancerDescription(
    name: "encodec",
    summary: "fixed shares of a gradient of fixed length",
    source: "Défossez et al., EnCodec, https://arxiv.org/abs/2210.13438")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What the lengths of the weighted gradients add up to, `R`, positive.
  public let totalNorm: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  private var averages: DebiasedAverage

  /// The Gramian at the site.
  public var requiredInformation: RequiredInformation { site.requiredInformation }

  /// Gives terms shares of a gradient.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - decay: How much less the past counts with each minibatch, `β`, in `0..<1`.
  ///   - totalNorm: What the lengths of the weighted gradients add up to, `R`, positive.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], decay: Double = 0.999, totalNorm: Double = 1, site: GradientSite = .features
  ) throws(BalancerError) {
    self.terms = terms
    self.totalNorm = totalNorm
    self.site = site
    averages = DebiasedAverage(count: terms.count, decay: decay)
    try validate()
  }

  /// Gives terms shares of a gradient of length 1, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) { try self.init(terms: terms, totalNorm: 1) }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require(totalNorm > 0 && totalNorm.isFinite, "totalNorm", totalNorm, toBe: "positive")
    try averages.validate(for: self)
  }

  /// Updates the averages and divides the shares by them.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let priorities = terms.reduce(0) { $0 + $1.priority }
    for index in terms.indices {
      guard terms[index].takesPart else {
        weights[index] = 0
        continue
      }
      let norm = measurement.gradientNorm(of: index)
      if norm > 0 { averages.add(norm, at: index) }
      let average = averages[index] > 0 ? averages[index] + 1e-12 : totalNorm
      weights[index] = terms[index].priority / priorities * totalNorm / average
    }
  }
}
