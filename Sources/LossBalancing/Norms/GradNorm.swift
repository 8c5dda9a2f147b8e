/// Learns weights under which each term's gradient is as long as its priority says.
///
/// The factors `e^uᵢ` that the priorities are multiplied with start at 1 and take a bounded step at
/// every minibatch:
///
///     nᵢ = ‖gᵢ‖,  Gᵢ = e^uᵢ nᵢ,  Ḡ = mean G
///     uᵢ ← uᵢ − η clip((Gᵢ − Ḡ rᵢ^α / mean r^α) / Ḡ, ±c)
///     wᵢ = γᵢ e^uᵢ, times what the scale asks for
///
/// They rest where all `wᵢ nᵢ / γᵢ` are equal. A priority is thus a share of the gradient: entropy
/// with 0.01 beside a policy with 1 gets a hundredth of the policy's gradient and not, as under a
/// rule that makes all norms equal, as much as the policy, which then never leaves the uniform
/// distribution.
///
/// Ours differs from the published form (``PublishedGradNorm``) in that it learns the logarithms of
/// the weights from a relative error. Weights cannot become negative, no step depends on the scale
/// of a loss, and a common factor of all losses changes nothing. It needs no second derivative: as
/// `Gᵢ` is `wᵢ` times a measured norm, the derivative is known.
///
/// The common factor of the weights is not learnt. In PPO the policy's weight stays its priority,
/// so that learning rate and clipping threshold keep their meaning; without a signed term the
/// weights add up to the sum of the priorities.
///
/// A term without a gradient on a minibatch, like the entropy of a Gaussian of constant width with
/// respect to the features, or the surrogate when every row is clipped, takes no part in that step:
/// its factor stays, and at the beginning that is 1.
///
/// With `α > 0`, terms that learn slowly are helped: `rᵢ` is the magnitude relative to that of the
/// first minibatch, divided by the mean of the same over all terms. A term counts as grown at most
/// tenfold, and a first magnitude that is not typical of the first ten minibatches is replaced. The
/// published targets `Ḡ rᵢ^α` are divided by the mean of `r^α`: for `α > 1` no weights meet them.
///
/// Source: Chen et al., *GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep
/// Multitask Networks*, ICML 2018, <https://arxiv.org/abs/1711.02257>; log-weights and relative
/// error are ours.
public struct GradNorm: RegisteredBalancer, Hashable {
  /// Listed as `gradnorm`.
  public static let description = BalancerDescription(
    name: "gradnorm",
    summary: "learns weights that make gradient norms proportional to priorities",
    source: "Chen et al., GradNorm, https://arxiv.org/abs/1711.02257")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The step of the logarithms, `η`, positive.
  public let rate: Double

  /// How much slow terms are helped, `α`, at least 0.
  public let asymmetry: Double

  /// The largest relative error that counts, `c`, positive.
  public let errorLimit: Double

  /// The largest factor between a weight and its priority, and one over the smallest; above 1.
  public let factorLimit: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// What fixes the common factor of the weights.
  public let scale: WeightScale

  /// The learnt logarithms, `u`, shape `[K]`.
  public private(set) var logFactors: [Double]

  private var rates: RelativeRates

  /// The Gramian at the site.
  public var requiredInformation: RequiredInformation { site.requiredInformation }

  /// Learns weights that make gradient norms proportional to priorities.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - rate: The step of the logarithms, `η`, positive. At 0.1, an imbalance of 1e5 takes some 100
  ///     minibatches.
  ///   - asymmetry: How much slow terms are helped, `α`, at least 0.
  ///   - errorLimit: The largest relative error that counts, `c`, positive.
  ///   - factorLimit: The largest factor between a weight and its priority, above 1. A factor that
  ///     meets it is reported as clamped.
  ///   - site: With respect to what the gradients are measured.
  ///   - scale: What fixes the common factor; by default the first signed term is the anchor.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm],
    rate: Double = 0.1,
    asymmetry: Double = 0,
    errorLimit: Double = 1,
    factorLimit: Double = 1e12,
    site: GradientSite = .features,
    scale: WeightScale? = nil
  ) throws(BalancerError) {
    self.terms = terms
    self.rate = rate
    self.asymmetry = asymmetry
    self.errorLimit = errorLimit
    self.factorLimit = factorLimit
    self.site = site
    self.scale = scale ?? .natural(for: terms)
    logFactors = Array(repeating: 0, count: terms.count)
    rates = RelativeRates(count: terms.count)
    try validate()
  }

  /// Learns weights that make gradient norms proportional to priorities, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) { try self.init(terms: terms, scale: nil) }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require(rate > 0 && rate.isFinite, "rate", rate, toBe: "positive")
    try require(asymmetry >= 0 && asymmetry.isFinite, "asymmetry", asymmetry, toBe: "at least 0")
    try require(
      errorLimit > 0 && errorLimit.isFinite, "errorLimit", errorLimit, toBe: "positive")
    try require((1...1e30).contains(factorLimit), "factorLimit", factorLimit, toBe: "in 1...1e30")
    try scale.validate(for: self)
    try requireState(logFactors, "log-factors")
    try rates.validate(for: self)
  }

  /// Takes a step and weights the terms by its result.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    if asymmetry > 0 {
      try requireMeasured(.magnitudes, in: measurement)
      rates.update(with: measurement.magnitudes, of: terms)
    }
    takeStep(with: measurement)
    recenter(with: measurement)
    for index in terms.indices {
      weights[index] =
        terms[index].takesPart ? terms[index].priority * exponential(logFactors[index]) : 0
    }
  }

  /// Whether the factor of the term at `index` has reached its limit.
  public func isClamped(at index: Int) -> Bool {
    terms[index].takesPart && abs(logFactors[index]) >= naturalLogarithm(factorLimit)
  }

  private func hasGradient(_ index: Int, in measurement: LossMeasurement) -> Bool {
    terms[index].takesPart && measurement.gradientNorm(of: index) > 0
  }

  /// `G`, the length of the weighted gradient relative to the priority.
  private func length(_ index: Int, in measurement: LossMeasurement) -> Double {
    exponential(logFactors[index]) * measurement.gradientNorm(of: index)
  }

  private mutating func takeStep(with measurement: LossMeasurement) {
    var sum = 0.0
    var count = 0.0
    for index in terms.indices where hasGradient(index, in: measurement) {
      sum += length(index, in: measurement)
      count += 1
    }
    let mean = sum / count
    let indices = terms.indices.filter { hasGradient($0, in: measurement) }
    let parts =
      asymmetry > 0
      ? rates.targets(power: asymmetry, of: indices) : Array(repeating: 1, count: indices.count)
    for (index, part) in zip(indices, parts) {
      let error = (length(index, in: measurement) - mean * part) / mean
      logFactors[index] -= rate * min(max(error, -errorLimit), errorLimit)
    }
  }

  private mutating func recenter(with measurement: LossMeasurement) {
    let shift = scale.shift(of: logFactors, terms: terms) { hasGradient($0, in: measurement) }
    let limit = naturalLogarithm(factorLimit)
    for index in terms.indices where hasGradient(index, in: measurement) {
      logFactors[index] = min(max(logFactors[index] - shift, -limit), limit)
    }
  }
}
