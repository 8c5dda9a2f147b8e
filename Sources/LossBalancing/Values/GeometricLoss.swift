/// Descends the geometric mean of the terms.
///
///     loss = Π Lᵢ^pᵢ,  pᵢ = γᵢ / Σγ
///     wᵢ = pᵢ · loss / Lᵢ
///
/// The direction does not depend on the scales of the terms, the length does by a common factor. A
/// term counts as no less than 1e-8 of its largest value, or one that reached 0 would end all
/// learning.
///
/// Source: Chennupati et al., *MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss
/// Strategy for Multi-Task Learning*, <https://arxiv.org/abs/1904.08492>.
public struct GeometricLoss: RegisteredBalancer, Hashable {
  /// Listed as `geometric`.
  public static let description = BalancerDescription(
    name: "geometric",
    summary: "descends the geometric mean; for non-negative terms",
    source: "Chennupati et al., GLS, https://arxiv.org/abs/1904.08492")

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var scales: TermScales

  /// Values.
  public var requiredInformation: RequiredInformation { .values }

  /// Descends the geometric mean of `terms`, none of which may be negative.
  ///
  /// - Throws: ``BalancerError`` for an unsound term.
  public init(terms: [LossTerm]) throws(BalancerError) {
    self.terms = terms
    scales = TermScales(terms: terms, relativeFloor: 1e-8)
    try validate()
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use log, on magnitudes")
    try scales.validate(for: self)
  }

  /// Sets the weights to the slopes of the geometric mean.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let priorities = terms.reduce(0) { $0 + $1.priority }
    var logarithm = 0.0
    for index in terms.indices where terms[index].takesPart {
      scales[index] = measurement.values[index]
      let share = terms[index].priority / priorities
      logarithm += share * naturalLogarithm(scales.divisor(at: index))
    }
    for index in terms.indices {
      let share = terms[index].takesPart ? terms[index].priority / priorities : 0
      weights[index] = share * exponential(logarithm) / scales.divisor(at: index)
    }
  }

  /// Whether the floor and not the value was used.
  public func isClamped(at index: Int) -> Bool {
    terms[index].takesPart && scales.isFloored(at: index)
  }
}
