/// Projects the sum of the gradients onto the directions that make no term worse.
///
///     w = argmin vᵀ G v  with v ≥ γ
///
/// Without conflicts the weights are the priorities.
///
/// Source: Lopez-Paz and Ranzato, *Gradient Episodic Memory for Continual Learning*,
/// <https://arxiv.org/abs/1706.08840>; named by Quinton and Rey,
/// <https://arxiv.org/abs/2406.16232>.
public struct DualProj: GramianBalancer, ValidatedBalancer, Hashable {
  /// Listed as `dual-proj`.
  public static let description = BalancerDescription(
    name: "dual-proj",
    summary: "projects the sum of gradients to where no term gets worse",
    source: "Lopez-Paz and Ranzato, https://arxiv.org/abs/1706.08840")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What is added to the diagonal of `G / trace G`, at least 0.
  public let ridge: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Projects the sum of the gradients of `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - ridge: What is added to the diagonal of `G / trace G`, at least 0.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], ridge: Double = 0, site: GradientSite = .parameters
  ) throws(BalancerError) {
    self.terms = terms
    self.ridge = ridge
    self.site = site
    try validate()
  }

  func validate() throws(BalancerError) {
    try require(ridge >= 0 && ridge.isFinite, "ridge", ridge, toBe: "at least 0")
  }

  /// Solves the quadratic programme.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    gradients.gramian.withRidge(ridge).minimum(above: gradients.priorities)
  }
}
