/// Scales each term to the magnitude of an anchor, whose weight is its priority.
///
///     wₐ = γₐ
///     wᵢ = γᵢ · EMA(mₐ) / EMA(mᵢ)
///
/// In PPO the anchor is the policy. With normalised advantages its term needs no scaling, and all
/// that is known about learning rates and clipping thresholds holds for it.
///
/// The value loss grows as the square of the reward's scale and its gradient only in proportion, so
/// that with very large rewards the critic is starved, and the policy protected. Normalise the
/// returns and that does not happen; no balancer can do that instead.
///
/// The ratio has limits so wide that they bind only when something is wrong: a limit of 1e4 was
/// seen to give the value loss the whole gradient. When one binds, the report says so.
///
/// Source: ours, after the adaptive weight of Esser et al., <https://arxiv.org/abs/2012.09841>.
public struct AnchoredMagnitude: RegisteredBalancer, Hashable {
  /// Listed as `anchored-magnitude`.
  public static let description = BalancerDescription(
    name: "anchored-magnitude",
    summary: "terms scaled to the policy's magnitude, whose weight stays its priority",
    source: "this project")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The name of the term that the others are scaled to.
  public let anchor: String

  private var averages: DebiasedAverage
  private var scales: TermScales
  private var ratios: LimitedRatios

  /// Magnitudes.
  public var requiredInformation: RequiredInformation { .magnitudes }

  /// Scales terms to the magnitude of an anchor.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - anchor: The name of the term to scale to; by default the first signed one that takes part,
  ///     or else the first that takes part.
  ///   - decay: How much less the past counts with each minibatch, `β`, in `0..<1`.
  ///   - ratioLimit: The largest ratio of weight to priority, and one over the smallest, in
  ///     `1...1e30`.
  ///   - stepLimit: The largest factor by which a ratio changes in one minibatch, above 1, if any.
  /// - Throws: ``BalancerError`` for an option out of its range or an anchor that does not exist.
  public init(
    terms: [LossTerm],
    anchor: String? = nil,
    decay: Double = 0.99,
    ratioLimit: Double = 1e12,
    stepLimit: Double? = nil
  ) throws(BalancerError) {
    self.terms = terms
    self.anchor = anchor ?? terms.naturalAnchor
    averages = DebiasedAverage(count: terms.count, decay: decay)
    scales = TermScales(terms: terms, relativeFloor: 1e-8)
    ratios = LimitedRatios(count: terms.count, ratioLimit: ratioLimit, stepLimit: stepLimit)
    try validate()
  }

  /// Scales terms to the magnitude of their natural anchor, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) { try self.init(terms: terms, anchor: nil) }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireTerm(named: anchor)
    try averages.validate(for: self)
    try scales.validate(for: self)
    try ratios.validate(for: self)
  }

  /// Updates the averages and sets the weights to the priorities times the ratios of averages.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices where terms[index].takesPart {
      averages.add(measurement.magnitudes[index], at: index)
      scales[index] = averages[index]
    }
    for index in terms.indices {
      weights[index] = terms[index].takesPart ? terms[index].priority * ratio(at: index) : 0
    }
  }

  /// Whether the ratio of the term at `index` was held back by a limit.
  public func isClamped(at index: Int) -> Bool { ratios.isClamped(at: index) }

  private mutating func ratio(at index: Int) -> Double {
    guard let anchor = terms.index(of: anchor), anchor != index else { return 1 }
    guard scales.isKnown(at: anchor) && scales.isKnown(at: index) else { return 1 }
    return ratios.limit(scales.divisor(at: anchor) / scales.divisor(at: index), at: index)
  }
}
