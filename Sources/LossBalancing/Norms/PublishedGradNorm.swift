/// GradNorm as it was published, for comparison; ``GradNorm`` is the one to use.
///
///     Gᵢ = |vᵢ| nᵢ,  Ḡ = mean G,  targets Ḡ rᵢ^α, held constant
///     vᵢ ← vᵢ − η ∂/∂vᵢ Σ |G − target|
///     v ← v · K / Σ v
///     wᵢ = γᵢ vᵢ
///
/// The derivative is `nᵢ` times two signs, so that the step is proportional to the norm: an
/// imbalance of 1e5 makes a weight negative at the first step. The weights that were valid before the
/// step are those of the minibatch. For `α > 1` no weights meet the targets, and those of all terms but
/// the slowest fall; ``GradNorm`` divides the targets by their mean.
///
/// Source: Chen et al., *GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep
/// Multitask Networks*, ICML 2018, <https://arxiv.org/abs/1711.02257>.
public struct PublishedGradNorm: RegisteredBalancer, Hashable {
  /// Listed as `gradnorm-published`.
  public static let description = BalancerDescription(
    name: "gradnorm-published",
    summary: "GradNorm as published; its weights can become negative",
    source: "Chen et al., GradNorm, https://arxiv.org/abs/1711.02257")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The learning rate of the weights, `η`, positive.
  public let rate: Double

  /// How much slow terms are helped, `α`, at least 0. Above 1 the weights of all terms but the slowest fall
  /// for good, as published; ``GradNorm`` keeps them.
  public let asymmetry: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// The learnt factors that the next minibatch will use, `v`, shape `[K]`.
  public private(set) var factors: [Double]

  private var rates: RelativeRates

  /// The Gramian at the site.
  public var requiredInformation: RequiredInformation { site.requiredInformation }

  /// Learns weights as published.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss; with `asymmetry` above 0 none may be negative, for the ratio
  ///     to their first values has to mean something.
  ///   - rate: The learning rate of the weights, `η`, positive.
  ///   - asymmetry: How much slow terms are helped, `α`, at least 0.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm],
    rate: Double = 0.025,
    asymmetry: Double = 0,
    site: GradientSite = .features
  ) throws(BalancerError) {
    self.terms = terms
    self.rate = rate
    self.asymmetry = asymmetry
    self.site = site
    factors = Array(repeating: 1, count: terms.count)
    rates = RelativeRates(count: terms.count)
    try validate()
  }

  /// Learns weights as published, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, site: .features)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require(rate > 0 && rate.isFinite, "rate", rate, toBe: "positive")
    try require(asymmetry >= 0 && asymmetry.isFinite, "asymmetry", asymmetry, toBe: "at least 0")
    if asymmetry > 0 { try requireNonNegativeTerms(instead: "set asymmetry to 0") }
    try requireState(factors, "factors")
    try rates.validate(for: self)
  }

  /// Weights the terms by the factors so far and takes a step for the next minibatch.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    if asymmetry > 0 { try requireMeasured(.values, in: measurement) }
    for index in terms.indices { weights[index] = terms[index].priority * factors[index] }
    if asymmetry > 0 { rates.update(with: measurement.values, of: terms) }
    takeStep(with: measurement)
    renormalize()
  }

  private mutating func takeStep(with measurement: LossMeasurement) {
    var sum = 0.0
    var count = 0.0
    for index in terms.indices where terms[index].takesPart {
      sum += abs(factors[index]) * measurement.gradientNorm(of: index)
      count += 1
    }
    for index in terms.indices where terms[index].takesPart {
      let norm = measurement.gradientNorm(of: index)
      let target = sum / count * (asymmetry > 0 ? power(rates[index], asymmetry) : 1)
      let error = abs(factors[index]) * norm - target
      factors[index] -= rate * norm * sign(error) * sign(factors[index])
    }
  }

  private mutating func renormalize() {
    var sum = 0.0
    var count = 0.0
    for index in terms.indices where terms[index].takesPart {
      sum += factors[index]
      count += 1
    }
    for index in terms.indices where sum != 0 && terms[index].takesPart {
      factors[index] *= count / sum
    }
  }

  private func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
