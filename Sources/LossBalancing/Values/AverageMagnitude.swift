/// Divides each term by a running average of its magnitude.
///
///     wᵢ = γᵢ / EMA(mᵢ)
///
/// It follows a loss that explodes at once, and one that drops after some `1 / (1 − β)` minibatches:
/// with `β = 0.99`, a drop by 1e6 is followed to within a factor of two after 1375. Where losses
/// shrink by orders of magnitude, ``AverageLogMagnitude`` is faster.
///
/// Source: ours; the debiased average is that of Adam, <https://arxiv.org/abs/1412.6980>.
public struct AverageMagnitude: LossBalancer, ValidatedBalancer, Hashable {
  /// Listed as `ema-magnitude`.
  public static let description = BalancerDescription(
    name: "ema-magnitude",
    summary: "each term divided by a running average of its magnitude",
    source: "this project")

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var averages: DebiasedAverage
  private var scales: TermScales

  /// Magnitudes.
  public var requiredInformation: RequiredInformation { .magnitudes }

  /// Divides terms by an average of their magnitude.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - decay: How much less the past counts with each minibatch, `β`, in `0..<1`.
  ///   - relativeFloor: The smallest divisor as a fraction of the largest, in `0..<1`.
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
      averages.add(measurement.magnitudes[index], at: index)
      scales[index] = averages[index]
      weights[index] = terms[index].priority / scales.divisor(at: index)
    }
  }

  /// Whether the floor and not the average was divided by.
  public func isClamped(at index: Int) -> Bool {
    terms[index].takesPart && scales.isFloored(at: index)
  }
}
