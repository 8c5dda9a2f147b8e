/// Takes out of each gradient what conflicts with another one, and adds up the rest.
///
///     for each i: g ← γᵢ gᵢ; for each j ≠ i in random order:
///       if ⟨g, gⱼ⟩ < 0:  g ← g − ⟨g, gⱼ⟩ / ‖gⱼ‖² · gⱼ
///     update = Σ g
///
/// Without conflicts it is the sum with fixed coefficients. It does not change scales: a term with a
/// gradient 1e3 times as long as the others still decides alone; normalise the rows first, with
/// ``RowNormalized``.
///
/// Source: Yu et al., *Gradient Surgery for Multi-Task Learning*, NeurIPS 2020,
/// <https://arxiv.org/abs/2001.06782>.
public struct PCGrad: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `pcgrad`.
  public static let description = BalancerDescription(
    name: "pcgrad",
    summary: "projects each gradient away from those that it conflicts with",
    source: "Yu et al., PCGrad, https://arxiv.org/abs/2001.06782")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Projects the gradients of `terms`, measured at `site`.
  public init(terms: [LossTerm], site: GradientSite = .parameters) {
    self.terms = terms
    self.site = site
  }

  /// Projects gradients away from each other, with the default of each option.
  public init(terms: [LossTerm]) { self.init(terms: terms, site: .parameters) }

  /// Projects, in coordinates: each gradient is a combination of the original ones.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let gramian = gradients.gramian
    var weights = Array(repeating: 0.0, count: gradients.count)
    for index in 0..<gradients.count {
      var combination = Array(repeating: 0.0, count: gradients.count)
      combination[index] = gradients.priorities[index]
      for other in (0..<gradients.count).shuffled(using: &generator) where other != index {
        let product = (0..<gradients.count).reduce(0) { $0 + combination[$1] * gramian[$1, other] }
        if product < 0 { combination[other] -= product / gramian[other, other] }
      }
      for other in weights.indices { weights[other] += combination[other] }
    }
    return weights
  }
}
