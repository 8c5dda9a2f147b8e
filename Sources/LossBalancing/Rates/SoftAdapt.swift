/// Gives more weight to terms that fall more slowly from minibatch to minibatch.
///
///     sᵢ = Lᵢ(t) − Lᵢ(t−1)
///     wᵢ = γᵢ · softmax(β s)ᵢ               original
///     wᵢ ∝ γᵢ Lᵢ e^(β sᵢ)                   weighted by the losses
///     with sᵢ / Σ |s| in the place of sᵢ    normalised
///
/// The normalised form divides by the sum of absolute values. The published package divides by the
/// signed sum, which turns the order round when all terms fall. At the first minibatch the slopes
/// are 0. The weights add up to 1 where priorities are 1.
///
/// It balances rates and not scales, and the slopes themselves have the scales of the losses unless
/// normalised.
///
/// Source: Heydari, Thompson and Mehmood, *SoftAdapt: Techniques for Adaptive Loss Weighting of
/// Neural Networks with Multi-Part Loss Functions*, <https://arxiv.org/abs/1912.12355>.
public struct SoftAdapt: RegisteredBalancer, Hashable {
  /// Listed as `soft-adapt`.
  public static let description = BalancerDescription(
    name: "soft-adapt",
    summary: "more weight for terms that fall more slowly; for non-negative terms",
    source: "Heydari et al., SoftAdapt, https://arxiv.org/abs/1912.12355")

  /// How slopes become weights.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// The softmax of the slopes.
    case original
    /// The softmax of the slopes times the values.
    case lossWeighted
    /// The softmax of the slopes divided by the sum of their absolute values.
    case normalized
  }

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How slopes become weights.
  public let form: Form

  /// How strongly slopes count, `β`; negative to prefer terms that fall fast.
  public let sharpness: Double

  private var previous: [Double] = []

  /// Values.
  public var requiredInformation: RequiredInformation { .values }

  /// Gives more weight to terms that fall more slowly.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss, none of them negative.
  ///   - form: How slopes become weights.
  ///   - sharpness: How strongly slopes count, `β`, finite.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm], form: Form = .normalized, sharpness: Double = 0.1
  ) throws(BalancerError) {
    self.terms = terms
    self.form = form
    self.sharpness = sharpness
    try validate()
  }

  /// Gives more weight to terms that fall more slowly, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, form: .normalized)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use gradnorm or anchored-norm")
    try require(sharpness.isFinite, "sharpness", sharpness, toBe: "finite")
    try requireState(previous, "previous values", count: previous.isEmpty ? 0 : nil)
  }

  /// Weights the terms by how much they changed since the minibatch before.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let active = terms.indices.filter { terms[$0].takesPart }
    var slopes = active.map { index in
      previous.isEmpty ? 0 : measurement.values[index] - previous[index]
    }
    if form == .normalized {
      let sum = slopes.reduce(0) { $0 + abs($1) }
      if sum > 0 { slopes = slopes.map { $0 / sum } }
    }
    var factors = softmax(slopes.map { sharpness * $0 })
    if form == .lossWeighted {
      let products = zip(factors, active).map { $0 * measurement.values[$1] }
      let sum = products.reduce(0, +)
      if sum > 0 { factors = products.map { $0 / sum } }
    }
    distribute(factors, to: &weights)
    previous = zip(terms, measurement.values).map { $0.takesPart ? $1 : 0 }
  }
}
