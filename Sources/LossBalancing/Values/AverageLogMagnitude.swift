/// Divides each term by a running geometric average of its magnitude.
///
///     wᵢ = γᵢ exp(−EMA(log mᵢ))
///
/// It follows a rise and a drop equally fast: with `β = 0.99`, a factor of 1e6 is followed to
/// within a factor of two after 298 minibatches. A loss that explodes is therefore felt for longer
/// than with ``AverageMagnitude``.
///
/// Source: ours.
public struct AverageLogMagnitude: LossBalancer, ValidatedBalancer, Hashable {
  /// Listed as `log-ema-magnitude`.
  public static let description = BalancerDescription(
    name: "log-ema-magnitude",
    summary: "each term divided by a running geometric average of its magnitude",
    source: "this project")

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var averages: DebiasedAverage
  private var scales: TermScales

  /// Magnitudes.
  public var requiredInformation: RequiredInformation { .magnitudes }

  /// Divides terms by a geometric average of their magnitude.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - decay: How much less the past counts with each minibatch, `β`, in `0..<1`.
  ///   - relativeFloor: A magnitude counts as no less than this fraction of the largest seen, in
  ///     `0..<1`, so that a single 0 does not decide the average.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], decay: Double = 0.99, relativeFloor: Double = 1e-8
  ) throws(BalancerError) {
    self.terms = terms
    averages = DebiasedAverage(count: terms.count, decay: decay)
    scales = TermScales(terms: terms, relativeFloor: relativeFloor)
    try validate()
  }

  func validate() throws(BalancerError) {
    try averages.validate(for: self)
    try scales.validate(for: self)
  }

  /// Updates the averages and divides the priorities by them.
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
      scales[index] = measurement.magnitudes[index]
      if scales.isKnown(at: index) {
        averages.add(naturalLogarithm(scales.divisor(at: index)), at: index)
      }
      weights[index] = terms[index].priority * exponential(-averages[index])
    }
  }

  /// Whether the floor and not the magnitude was averaged.
  public func isClamped(at index: Int) -> Bool {
    terms[index].takesPart && scales.isFloored(at: index)
  }
}
