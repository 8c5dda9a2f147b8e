/// What the logarithm means that a ``LearnedWeighting`` learns for each term.
public protocol LearnedScale: Sendable {
  /// The name, summary and source of the balancer.
  static var description: BalancerDescription { get }

  /// 1 if a larger logarithm makes a larger weight, −1 if it makes a smaller one.
  static var sign: Double { get }

  /// The weight of a term of priority 1 whose logarithm is 0.
  static var share: Double { get }
}

/// The logarithm is that of a variance; see ``UncertaintyWeighting``.
public enum LearnedVariance: LearnedScale {
  /// Listed as `uncertainty`.
  public static let description = BalancerDescription(
    name: "uncertainty",
    summary: "learns the variance of each term; for non-negative terms",
    source: "Kendall et al., https://arxiv.org/abs/1705.07115")

  /// A larger variance makes a smaller weight.
  public static var sign: Double { -1 }

  /// The factor of the squared error in a normal distribution's logarithm, ½.
  public static var share: Double { 0.5 }
}

/// The logarithm is that of a factor; see ``ImpartialLosses``.
public enum LearnedFactor: LearnedScale {
  /// Listed as `imtl-l`.
  public static let description = BalancerDescription(
    name: "imtl-l",
    summary: "learns factors that bring terms to 1; for non-negative terms",
    source: "Liu et al., IMTL, https://openreview.net/forum?id=IMPnRXEWpvr")

  /// A larger factor makes a larger weight.
  public static var sign: Double { 1 }

  /// 1.
  public static var share: Double { 1 }
}

/// Learns the variance of each term and weights the term by its inverse.
///
///     loss = Σ ½ e^(−sᵢ) Lᵢ + ½ sᵢ
///     wᵢ = γᵢ · ½ e^(−sᵢ)
///     sᵢ ← sᵢ − η ½ (1 − e^(−sᵢ) Lᵢ)
///
/// It rests at `sᵢ = log Lᵢ`, where the weight is `1 / (2 Lᵢ)`. The logarithms start there unless
/// that is switched off: from 0, an imbalance of 1e5 takes thousands of minibatches. The loss itself
/// becomes negative for small values, as it should.
///
/// For a term that is negative the objective has no minimum: `s` would fall without end.
///
/// Source: Kendall, Gal and Cipolla, *Multi-Task Learning Using Uncertainty to Weigh Losses for
/// Scene Geometry and Semantics*, <https://arxiv.org/abs/1705.07115>, the form for regression.
public typealias UncertaintyWeighting = LearnedWeighting<LearnedVariance>

/// Learns factors that bring all terms to the value 1.
///
///     loss = Σ e^sᵢ Lᵢ − sᵢ
///     wᵢ = γᵢ e^sᵢ
///     sᵢ ← sᵢ − η (e^sᵢ Lᵢ − 1)
///
/// It rests at `e^sᵢ = 1 / Lᵢ`, twice the weights of ``UncertaintyWeighting``, of which it is the
/// mirror image.
///
/// For a term that is negative the objective has no minimum: `s` would rise without end.
///
/// Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, the part about losses,
/// <https://openreview.net/forum?id=IMPnRXEWpvr>.
public typealias ImpartialLosses = LearnedWeighting<LearnedFactor>

/// Learns the logarithm of a scale of each term by gradient descent: ``UncertaintyWeighting`` and
/// ``ImpartialLosses``.
public struct LearnedWeighting<Scale: LearnedScale>: RegisteredBalancer, Hashable {
  /// The name, summary and source of the scale.
  public static var description: BalancerDescription { Scale.description }

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var logarithms: LearnedLogarithms

  /// The values.
  public var requiredInformation: RequiredInformation { .values }

  /// Learns the scales of terms.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss, none of them negative.
  ///   - rate: The learning rate of the logarithms, `η`, positive.
  ///   - stepLimit: The largest change of a logarithm in one minibatch, positive.
  ///   - startsAtFirstValues: Whether the logarithms start where they rest for the first values, or
  ///     at 0.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm],
    rate: Double = 0.025,
    stepLimit: Double = 1,
    startsAtFirstValues: Bool = true
  ) throws(BalancerError) {
    self.terms = terms
    logarithms = LearnedLogarithms(
      count: terms.count, rate: rate, stepLimit: stepLimit,
      startsAtFirstValues: startsAtFirstValues)
    try validate()
  }

  /// Learns the scales of terms, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, startsAtFirstValues: true)
  }

  /// Refuses options out of their ranges, terms that can be negative, and a state of another size.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use ema-magnitude or anchored-magnitude")
    try logarithms.validate(for: self)
  }

  /// Weights the terms by the scales learnt so far and takes a step for the next minibatch.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices {
      guard terms[index].takesPart else {
        weights[index] = 0
        continue
      }
      let value = max(measurement.values[index], 0)
      let resting = Scale.sign < 0 ? value : 1 / value
      logarithms.start(index, at: resting)
      let jumpless = logarithms.logarithm(
        index, at: exponential(Scale.sign * logarithms[index]) * value, resting: resting)
      weights[index] =
        terms[index].priority * exponential(Scale.sign * jumpless) * Scale.share
      let factor = exponential(Scale.sign * logarithms[index])
      logarithms.descend(index, along: Scale.sign * (factor * value - 1) * Scale.share)
    }
  }

  /// Whether the scale of the term at `index` has reached its limit, or was not used for a value that
  /// jumped.
  public func isClamped(at index: Int) -> Bool { logarithms.isBounded(at: index) }
}

extension LearnedWeighting where Scale == LearnedVariance {
  /// The logarithms of the variances, `s`, shape `[K]`.
  public var logVariances: [Double] { logarithms.values }
}

extension LearnedWeighting where Scale == LearnedFactor {
  /// The logarithms of the factors, `s`, shape `[K]`.
  public var logFactors: [Double] { logarithms.values }
}
