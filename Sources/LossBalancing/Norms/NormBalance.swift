/// Makes gradient norms proportional to priorities in closed form, every so often.
///
///     ŵᵢ = mean n / nᵢ      (or max n / nᵢ)
///     vᵢ ← κ vᵢ + (1 − κ) ŵᵢ,  every k minibatches
///     wᵢ = γᵢ vᵢ
///
/// A ratio of more than ten times the median of the last nine counts as that median. A factor of 100
/// or more between a ratio and what was in force before is measured again at the next minibatch: one
/// minibatch without much of a gradient would otherwise decide the weights of the next thousand.
///
/// The common factor follows the longest gradient, so that a term that explodes raises the weights
/// of all others; hold it with ``Anchored`` where learning rate and clipping threshold matter. A
/// term without a gradient keeps its factor.
///
/// Source: Wang et al., *An Expert's Guide to Training Physics-informed Neural Networks*,
/// <https://arxiv.org/abs/2308.08468>, as coded in jaxpi; the maximum is that of DB-MTL,
/// <https://arxiv.org/abs/2308.12029>.
public struct NormBalance: RegisteredBalancer, Hashable {
  /// Listed as `norm-balance`.
  public static let description = BalancerDescription(
    name: "norm-balance",
    summary: "equal gradient norms in closed form, every thousand minibatches",
    source: "Wang et al., jaxpi, https://arxiv.org/abs/2308.08468")

  /// What the norms are made equal to.
  public enum Target: String, Sendable, Codable, CaseIterable {
    /// The mean of all norms.
    case mean
    /// The largest norm.
    case largest
  }

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What the norms are made equal to.
  public let target: Target

  /// How much of a factor is kept at each change, `κ`, in `0..<1`.
  public let keep: Double

  /// How many minibatches lie between changes, at least 1.
  public let interval: Int

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// The factors, `v`, shape `[K]`.
  public private(set) var factors: [Double]

  private var minibatchesToNext = 0

  // Not in the states of version 0.9.
  private var ratios: TypicalRatios?

  /// The Gramian at the site where a change is due, otherwise nothing.
  public var requiredInformation: RequiredInformation {
    minibatchesToNext == 0 ? site.requiredInformation : .nothing
  }

  /// Makes gradient norms proportional to priorities.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - target: What the norms are made equal to.
  ///   - keep: How much of a factor is kept at each change, `κ`, in `0..<1`.
  ///   - interval: How many minibatches lie between changes, at least 1.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm],
    target: Target = .mean,
    keep: Double = 0.9,
    interval: Int = 1000,
    site: GradientSite = .features
  ) throws(BalancerError) {
    self.terms = terms
    self.target = target
    self.keep = keep
    self.interval = interval
    self.site = site
    factors = Array(repeating: 1, count: terms.count)
    try validate()
  }

  /// Makes gradient norms proportional to priorities, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, target: .mean)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require((0..<1).contains(keep), "keep", keep, toBe: "in 0..<1")
    try require(interval >= 1, "interval", Double(interval), toBe: "at least 1")
    try requireState(factors, "factors")
    try requireCountdown(minibatchesToNext, below: interval)
    try ratios?.validate(for: self)
  }

  /// Changes the factors where that is due and multiplies the priorities with them.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    if minibatchesToNext == 0 {
      minibatchesToNext = changeFactors(with: measurement) ? interval : 1
    }
    minibatchesToNext -= 1
    for index in terms.indices { weights[index] = terms[index].priority * factors[index] }
  }

  /// Whether the last ratio of the term at `index` was taken for an accident.
  public func isClamped(at index: Int) -> Bool { ratios?.isAccident(at: index) ?? false }

  /// Moves the factors towards the ratios of this minibatch.
  ///
  /// - Returns: Whether all ratios are such that they can hold for an interval.
  private mutating func changeFactors(with measurement: LossMeasurement) -> Bool {
    var largest = 0.0
    var sum = 0.0
    var count = 0.0
    for index in terms.indices where terms[index].takesPart {
      let norm = measurement.gradientNorm(of: index)
      largest = max(largest, norm)
      sum += norm
      count += norm > 0 ? 1 : 0
    }
    let goal = target == .mean ? sum / count : largest
    var ratios = ratios ?? TypicalRatios(count: terms.count)
    var isCertain = true
    for index in terms.indices where terms[index].takesPart {
      let norm = measurement.gradientNorm(of: index)
      guard norm > 0, (goal / norm).isFinite else { continue }
      if goal / norm > 100 * factors[index] { isCertain = false }
      let typical = ratios.typical(goal / norm, at: index)
      let isAccident = ratios.isAccident(at: index)
      let new = isAccident ? (1 - keep) * typical : (1 - keep) * goal / norm
      factors[index] = ratios.withoutFirstAccident(
        keep * factors[index] + new, startingAt: 1, at: index)
      if ratios.isAccident(at: index) { isCertain = false }
    }
    self.ratios = ratios
    return isCertain
  }
}
