/// Takes the shortest vector in the convex hull of the gradients, along which all terms fall alike.
///
///     min ‖Σ αᵢ gᵢ / γᵢ‖²,  α ≥ 0,  Σ α = 1
///     wᵢ ∝ αᵢ / γᵢ,  Σ w = 1
///
/// The vector has the same inner product with all `gᵢ / γᵢ` that have a weight, and no smaller one
/// with the others: a term of twice the priority falls twice as fast. It is 0 where no direction is
/// good for all.
///
/// Short gradients get the largest weights: in PPO, the entropy gets nearly all. For experiments
/// with two terms of equal standing.
///
/// Source: Désidéri, *Multiple-Gradient Descent Algorithm for Multiobjective Optimization*, 2012;
/// Sener and Koltun, *Multi-Task Learning as Multi-Objective Optimization*,
/// <https://arxiv.org/abs/1810.04650>.
public struct MGDA: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `mgda`.
  public static let description = BalancerDescription(
    name: "mgda",
    summary: "the shortest convex combination of gradients: all terms fall alike",
    source: "Sener and Koltun, https://arxiv.org/abs/1810.04650")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Takes the shortest convex combination of the gradients of `terms`, measured at `site`.
  public init(terms: [LossTerm], site: GradientSite = .parameters) {
    self.terms = terms
    self.site = site
  }

  /// Takes the shortest convex combination of the gradients, with the default of each option.
  public init(terms: [LossTerm]) { self.init(terms: terms, site: .parameters) }

  /// Solves the quadratic programme.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let inverses = gradients.priorities.map { 1 / $0 }
    let combination = gradients.gramian.scaled(by: inverses).minimumNormWeights()
    let weights = zip(combination, inverses).map { $0 * $1 }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
