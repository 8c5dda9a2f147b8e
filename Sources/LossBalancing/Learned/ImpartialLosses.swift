/// Learns factors that bring all terms to the value 1.
///
///     loss = Σ e^sᵢ Lᵢ − sᵢ
///     wᵢ = γᵢ e^sᵢ
///     sᵢ ← sᵢ − η (e^sᵢ Lᵢ − 1)
///
/// It rests at `e^sᵢ = 1 / Lᵢ`, twice the weights of ``UncertaintyWeighting``, of which it is the
/// mirror image.
///
/// For a term that is negative the objective has no minimum: `s` would rise for ever.
///
/// Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, the part about losses,
/// <https://openreview.net/forum?id=IMPnRXEWpvr>.
public struct ImpartialLosses: LossBalancer, ValidatedBalancer, Hashable {
  /// Listed as `imtl-l`.
  public static let description = BalancerDescription(
    name: "imtl-l",
    summary: "learns factors that bring terms to 1; for non-negative terms",
    source: "Liu et al., IMTL, https://openreview.net/forum?id=IMPnRXEWpvr")

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var logarithms: LearnedLogarithms

  /// Values.
  public var requiredInformation: RequiredInformation { .values }

  /// The logarithms of the factors, `s`, shape `[K]`.
  public var logFactors: [Double] { logarithms.values }

  /// Learns the factors of terms.
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

  /// Weighs the terms by the factors so far and takes a step for the next minibatch.
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
      logarithms.start(index, at: 1 / value)
      let factor = exponential(logarithms[index])
      weights[index] = terms[index].priority * factor
      logarithms.descend(index, along: factor * value - 1)
    }
  }

  /// Whether the factor of the term at `index` has reached its limit.
  public func isClamped(at index: Int) -> Bool { logarithms.isBounded(at: index) }
}
