/// Makes gradient norms proportional to priorities in closed form, every so often.
///
///     ŵᵢ = mean n / nᵢ      (or max n / nᵢ)
///     vᵢ ← κ vᵢ + (1 − κ) ŵᵢ,  every k minibatches
///     wᵢ = γᵢ vᵢ
///
/// The common factor follows the longest gradient, so that a term that explodes raises the weights
/// of all others; hold it with ``Anchored`` where learning rate and clipping threshold matter. A
/// term without a gradient keeps its factor.
///
/// Source: Wang et al., *An Expert's Guide to Training Physics-informed Neural Networks*,
/// <https://arxiv.org/abs/2308.08468>, as coded in jaxpi; the maximum is that of DB-MTL,
/// <https://arxiv.org/abs/2308.12029>.
public struct NormBalance: LossBalancer, ValidatedBalancer, Hashable {
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

  func validate() throws(BalancerError) {
    try require((0..<1).contains(keep), "keep", keep, toBe: "in 0..<1")
    try require(interval >= 1, "interval", Double(interval), toBe: "at least 1")
    try requireState(factors, "factors")
    try requireCountdown(minibatchesToNext, below: interval)
  }

  /// Changes the factors where that is due and multiplies the priorities with them.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    if minibatchesToNext == 0 {
      changeFactors(with: measurement)
      minibatchesToNext = interval
    }
    minibatchesToNext -= 1
    for index in terms.indices { weights[index] = terms[index].priority * factors[index] }
  }

  private mutating func changeFactors(with measurement: LossMeasurement) {
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
    for index in terms.indices where terms[index].takesPart {
      let norm = measurement.gradientNorm(of: index)
      if norm > 0 { factors[index] = keep * factors[index] + (1 - keep) * goal / norm }
    }
  }
}
