/// Learns how uncertain each term is and trusts it the less.
///
///     loss = Σ ½ e^(−sᵢ) Lᵢ + ½ sᵢ
///     wᵢ = γᵢ · ½ e^(−sᵢ)
///     sᵢ ← sᵢ − η ½ (1 − e^(−sᵢ) Lᵢ)
///
/// It rests at `sᵢ = log Lᵢ`, where the weight is `1 / (2 Lᵢ)`. The logarithms start there, unless
/// that is switched off, for otherwise an imbalance of 1e5 takes thousands of minibatches. The loss
/// itself becomes negative for small values; that is no mistake.
///
/// For a term that is negative the objective has no minimum: `s` would fall for ever.
///
/// Source: Kendall, Gal and Cipolla, *Multi-Task Learning Using Uncertainty to Weigh Losses for
/// Scene Geometry and Semantics*, <https://arxiv.org/abs/1705.07115>, the form for regression.
public struct UncertaintyWeighting: LossBalancer, ValidatedBalancer, Hashable {
  /// Listed as `uncertainty`.
  public static let description = BalancerDescription(
    name: "uncertainty",
    summary: "learns the variance of each term; for non-negative terms",
    source: "Kendall et al., https://arxiv.org/abs/1705.07115")

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var logarithms: LearnedLogarithms

  /// Values.
  public var requiredInformation: RequiredInformation { .values }

  /// The logarithms of the variances, `s`, shape `[K]`.
  public var logVariances: [Double] { logarithms.values }

  /// Learns the variances of terms.
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

  func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use ema-magnitude or anchored-magnitude")
    try logarithms.validate(for: self)
  }

  /// Weighs the terms by the variances so far and takes a step for the next minibatch.
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
      logarithms.start(index, at: value)
      let precision = exponential(-logarithms[index])
      weights[index] = terms[index].priority * precision / 2
      logarithms.descend(index, along: (1 - precision * value) / 2)
    }
  }

  /// Whether the variance of the term at `index` has reached its limit.
  public func isClamped(at index: Int) -> Bool { logarithms.isBounded(at: index) }
}
