/// Finds the update on which the terms would agree in a bargain.
///
///     max Σ γᵢ log ⟨gᵢ, d⟩  with ‖d‖ bounded:  G α = γ / α,  α > 0,  d = Σ αᵢ gᵢ
///
/// The update's length is `√Σγ` whatever the losses are, and its direction does not depend on their
/// scales; the priorities are bargaining powers. As the length never falls, the learning rate has to.
/// With a maximum, longer updates are shortened, as in the official code. All terms are equal
/// partners but for their powers.
///
/// Source: Navon et al., *Multi-Task Learning as a Bargaining Game*, ICML 2022,
/// <https://arxiv.org/abs/2202.01017>. There the equation is solved approximately by a sequence of
/// convex programmes; here by Newton's method to rounding.
public struct NashMTL: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `nash-mtl`.
  public static let description = BalancerDescription(
    name: "nash-mtl",
    summary: "the Nash bargaining solution of all terms",
    source: "Navon et al., Nash-MTL, https://arxiv.org/abs/2202.01017")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The largest length of the update, if there is one.
  public let maximumNorm: Double?

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Bargains between `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - maximumNorm: The largest length of the update, positive, if there is one.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], maximumNorm: Double? = 1, site: GradientSite = .parameters
  ) throws(BalancerError) {
    self.terms = terms
    self.maximumNorm = maximumNorm
    self.site = site
    try validate()
  }

  /// Bargains between `terms`, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, site: .parameters)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    if let maximumNorm {
      try require(
        maximumNorm > 0 && maximumNorm.isFinite, "maximumNorm", maximumNorm, toBe: "positive")
    }
  }

  /// Solves the equations, in units of the gradients' lengths.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let cosines = gradients.cosines
    let parts = cosines.balancedPoint(targets: gradients.priorities, power: 1)
    let length = max(cosines.quadraticForm(parts), 0).squareRoot()
    let factor = maximumNorm.map { length > $0 ? $0 / length : 1 } ?? 1
    return zip(parts, gradients.norms).map { factor * $0 / $1 }
  }
}
