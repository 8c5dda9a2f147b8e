/// Shares the update out as networks share their capacity: `a`-fairly.
///
///     max Σ γᵢ uᵃ(⟨gᵢ, d⟩):  G α = (γ / α)^(1/a),  α > 0,  d = Σ αᵢ gᵢ
///
/// where `uᵃ(x) = x^(1−a) / (1 − a)`. For `a = 1` it is the bargain of ``NashMTL``, for large `a` the
/// term that falls least decides. Only for `a = 1` do the scales of the losses not matter.
///
/// Source: Ban and Ji, *Fair Resource Allocation in Multi-Task Learning*, ICML 2024,
/// <https://arxiv.org/abs/2402.15638>.
public struct FairGrad: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `fairgrad`.
  public static let description = BalancerDescription(
    name: "fairgrad",
    summary: "an a-fair allocation of the update to the terms",
    source: "Ban and Ji, FairGrad, https://arxiv.org/abs/2402.15638")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How much the term that falls least counts, `a`, positive.
  public let fairness: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Shares an update out to `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - fairness: How much the term that falls least counts, `a`, positive.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], fairness: Double = 2, site: GradientSite = .parameters
  ) throws(BalancerError) {
    self.terms = terms
    self.fairness = fairness
    self.site = site
    try validate()
  }

  /// Shares an update out to `terms`, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, site: .parameters)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require(fairness > 0 && fairness.isFinite, "fairness", fairness, toBe: "positive")
  }

  /// Solves the equations, in units of the gradients' lengths.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let norms = gradients.norms
    let exponent = 1 / fairness
    // With α = x / n, the equation is C x = γ^(1/a) n^(1/a − 1) / x^(1/a).
    let targets = zip(gradients.priorities, norms).map { priority, norm in
      power(priority, exponent) * power(norm, exponent - 1)
    }
    let parts = gradients.cosines.balancedPoint(targets: targets, power: exponent)
    return zip(parts, norms).map { $0 / $1 }
  }
}
