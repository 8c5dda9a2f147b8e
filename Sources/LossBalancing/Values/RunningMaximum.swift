/// Divides each term by the largest size that it has had.
///
///     Mᵢ ← max(sᵢ, ρ Mᵢ)
///     wᵢ = γᵢ / Mᵢ
///
/// where `sᵢ` is the statistic of the minibatch. The maximum is updated before the division, so
/// that a non-negative term counts between 0 and its priority, and exactly its priority at each new
/// maximum. It is a number and not part of the computation, or the term would have no gradient
/// there. After a warm-up the weights are constant: a plain change of units, safe with any
/// optimiser. The price is that one outlier, or a loss that drops for good, is never forgotten,
/// unless ``decay`` is below 1.
///
/// In PPO the statistic has to be the magnitude. With normalised advantages and a ratio of 1, the
/// surrogate's mean is 0 but for rounding; dividing by it makes a weight of 1e8. Its magnitude is
/// then about 0.8, so that the policy's weight stays near its priority, and learning rate and
/// clipping threshold keep their meaning.
///
/// Under plain gradient descent a squared error is starved, for its gradient grows as the root of
/// the loss; under Adam it is not.
///
/// Source: a forum's answer to *Normalization of losses with different scale*, which has `ρ = 1`
/// and the value as its statistic; decay and magnitude are ours. No paper was found that scales
/// PPO's terms so.
public struct RunningMaximum: RegisteredBalancer, Hashable {
  /// Listed as `running-max`.
  public static let description = BalancerDescription(
    name: "running-max",
    summary: "each term divided by the largest magnitude that it has had",
    source: "forum answer to “Normalization of losses with different scales”")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What of a term is divided by its maximum, `s`.
  public let statistic: LossStatistic

  /// What is left of the maximum after each minibatch, `ρ`, in `0...1`.
  public let decay: Double

  /// How the normalised terms are put together.
  public let combination: TermCombination

  private var scales: TermScales

  /// The level of the statistic.
  public var requiredInformation: RequiredInformation { statistic.requiredInformation }

  /// The running maxima, `M`, shape `[K]`.
  public var maxima: [Double] { scales.current }

  /// Divides terms by the largest size that they have had.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - statistic: What is compared; `value` only for terms that are never negative.
  ///   - decay: What is left of the maximum after each minibatch, `ρ`, in `0...1`.
  ///   - combination: Whether the weights are those of a sum, of a mean or of shares.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm],
    statistic: LossStatistic = .magnitude,
    decay: Double = 1,
    combination: TermCombination = .sum
  ) throws(BalancerError) {
    self.terms = terms
    self.statistic = statistic
    self.decay = decay
    self.combination = combination
    scales = TermScales(terms: terms, relativeFloor: 1e-8)
    try validate()
  }

  /// Divides terms by the largest magnitude that they have had, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, statistic: .magnitude)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require((0...1).contains(decay), "decay", decay, toBe: "in 0...1")
    try statistic.validate(for: self)
    try scales.validate(for: self)
  }

  /// Updates the maxima and divides the priorities by them.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let factor = combination.factor(for: terms)
    for index in terms.indices {
      guard terms[index].takesPart else {
        weights[index] = 0
        continue
      }
      scales[index] = max(statistic(index, of: measurement), decay * scales[index])
      weights[index] = factor * terms[index].priority / scales.divisor(at: index)
    }
  }
}
