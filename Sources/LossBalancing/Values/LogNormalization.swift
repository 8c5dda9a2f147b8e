/// Divides each term by its size on the same minibatch, so that its logarithm is what is descended.
///
///     wᵢ = γᵢ / max(sᵢ, f · largest sᵢ so far)
///
/// where `sᵢ` is the statistic, by default the magnitude, and `f` the relative floor. On values the
/// gradient of the weighted term is that of `γᵢ log Lᵢ`. Its value is `γᵢ` at all times and tells
/// nothing about progress: watch the raw values, and do not use a line search.
///
/// The weight grows as the loss shrinks, which makes this a schedule of the learning rate and not
/// only a scale: under Adam a loss that reaches zero gets far lower than with a fixed factor, under
/// gradient descent it never settles without the floor.
///
/// In PPO the magnitude of the surrogate is about 0.8 with normalised advantages, so that the
/// policy's weight stays near its priority, and learning rate and clipping threshold keep their
/// meaning. On values the method is refused for a term that can be negative, as a surrogate's value
/// is near zero by chance. A bonus is divided by the largest magnitude that it has had, for an
/// entropy can cross zero while its gradient does not.
///
/// Source: a forum's idea *Loss normalization*, `L · exp(−log L)`. The sum of logarithms is the
/// scale-invariant baseline of Navon et al., *Multi-Task Learning as a Bargaining Game*,
/// <https://arxiv.org/abs/2202.01017>.
public struct LogNormalization: RegisteredBalancer, Hashable {
  /// Listed as `log`.
  public static let description = BalancerDescription(
    name: "log",
    summary: "each term divided by its present magnitude: descends its logarithm",
    source: "forum idea “Loss normalization”; Navon et al., https://arxiv.org/abs/2202.01017")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What a term is divided by, `s`.
  public let statistic: LossStatistic

  private var scales: TermScales

  /// The level of the statistic.
  public var requiredInformation: RequiredInformation { statistic.requiredInformation }

  /// The smallest divisor, as a fraction of the largest statistic seen, `f`, in `0..<1`.
  public var relativeFloor: Double { scales.relativeFloor }

  /// Divides terms by their present size.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - statistic: What is divided by; `value` only for terms that are never negative.
  ///   - relativeFloor: The smallest divisor as a fraction of the largest, `f`, in `0..<1`.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm], statistic: LossStatistic = .magnitude, relativeFloor: Double = 1e-8
  ) throws(BalancerError) {
    self.terms = terms
    self.statistic = statistic
    scales = TermScales(terms: terms, relativeFloor: relativeFloor)
    try validate()
  }

  /// Divides terms by their present magnitude, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, statistic: .magnitude)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try statistic.validate(for: self)
    try scales.validate(for: self)
  }

  /// Divides the priorities by the statistic of this minibatch.
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
      scales[index] = statistic(index, of: measurement)
      weights[index] = terms[index].priority / scales.divisor(at: index)
    }
  }

  /// Whether the floor and not the statistic was divided by.
  public func isClamped(at index: Int) -> Bool {
    terms[index].takesPart && scales.isFloored(at: index)
  }
}
