/// Scales the entries of each gradient to those of a reference term.
///
///     ŵᵢ = max |gᵣ| / mean |gᵢ|,  or  mean |gᵣ| / mean |gᵢ|,  or  ‖gᵣ‖ / ‖gᵢ‖
///     vᵢ ← κ vᵢ + (1 − κ) ŵᵢ,  vᵣ = 1
///     wᵢ = γᵢ vᵢ
///
/// The first is as published, the second as several libraries have it, the third the default here:
/// a maximum over all parameters is driven by noise, and norms need neither the gradients
/// themselves nor more than the heads' backward passes. The published text and code disagree about
/// the side on which `κ = 0.9` stands; here it is what is kept.
///
/// A ratio of more than ten times the median of the last nine counts as that median, and the term as
/// clamped: one minibatch without much of a gradient would otherwise decide the factor of the next two
/// hundred.
///
/// Source: Wang, Teng and Perdikaris, *Understanding and Mitigating Gradient Flow Pathologies in
/// Physics-informed Neural Networks*, <https://arxiv.org/abs/2001.04536>.
public struct LearningRateAnnealing: RegisteredBalancer, Hashable {
  /// Listed as `learning-rate-annealing`.
  public static let description = BalancerDescription(
    name: "learning-rate-annealing",
    summary: "gradients scaled to a reference term's, with a running average",
    source: "Wang et al., https://arxiv.org/abs/2001.04536")

  /// What of two gradients is compared.
  public enum Comparison: String, Sendable, Codable, CaseIterable {
    /// The largest entry of the reference with the mean entry of the other.
    case largestWithMean
    /// The mean entries.
    case means
    /// The norms.
    case norms
  }

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The name of the term that the others are scaled to.
  public let reference: String

  /// What of two gradients is compared.
  public let comparison: Comparison

  /// How much of a factor is kept at each minibatch, `κ`, in `0..<1`.
  public let keep: Double

  /// The factors, `v`, shape `[K]`.
  public private(set) var factors: [Double]

  // Not in the states of version 0.9.
  private var ratios: TypicalRatios?

  /// Feature gradients for norms, otherwise the gradients themselves.
  public var requiredInformation: RequiredInformation {
    comparison == .norms ? .featureGradients : .gradients
  }

  /// Scales terms to a reference.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - reference: The name of the term to scale to; by default the first signed one that takes
  ///     part, or else the first that takes part.
  ///   - comparison: What of two gradients is compared.
  ///   - keep: How much of a factor is kept at each minibatch, `κ`, in `0..<1`.
  /// - Throws: ``BalancerError`` for an option out of its range or a reference that does not exist.
  public init(
    terms: [LossTerm],
    reference: String? = nil,
    comparison: Comparison = .norms,
    keep: Double = 0.9
  ) throws(BalancerError) {
    self.terms = terms
    self.reference = reference ?? terms.naturalAnchor
    self.comparison = comparison
    self.keep = keep
    factors = Array(repeating: 1, count: terms.count)
    try validate()
  }

  /// Scales terms to their natural anchor, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, reference: nil)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireTerm(named: reference)
    try require((0..<1).contains(keep), "keep", keep, toBe: "in 0..<1")
    try requireState(factors, "factors")
    try ratios?.validate(for: self)
  }

  /// Moves the factors towards the ratios of this minibatch.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    if comparison != .norms { try requireMeasured(.gradients, in: measurement) }
    var ratios = ratios ?? TypicalRatios(count: terms.count)
    for index in terms.indices where terms[index].takesPart && terms[index].name != reference {
      if let ratio = ratio(at: index, in: measurement) {
        let typical = ratios.typical(ratio, at: index)
        let average = keep * factors[index] + (1 - keep) * typical
        factors[index] = ratios.withoutFirstAccident(
          average, startingAt: 1, at: index)
      }
    }
    self.ratios = ratios
    for index in terms.indices { weights[index] = terms[index].priority * factors[index] }
  }

  /// Whether the ratio of the term at `index` was taken for an accident.
  public func isClamped(at index: Int) -> Bool { ratios?.isAccident(at: index) ?? false }

  /// The ratio of sizes, if both terms have a gradient and it is not beyond all numbers.
  private func ratio(at index: Int, in measurement: LossMeasurement) -> Double? {
    guard let reference = terms.index(of: reference) else { return nil }
    let (goal, size) =
      switch comparison {
      case .largestWithMean:
        (measurement.largestEntries[reference], measurement.meanEntries[index])
      case .means:
        (measurement.meanEntries[reference], measurement.meanEntries[index])
      case .norms:
        (measurement.gradientNorm(of: reference), measurement.gradientNorm(of: index))
      }
    return goal > 0 && size > 0 && (goal / size).isFinite ? goal / size : nil
  }
}
