/// Makes the principal components of the gradients equally long before they are added.
///
///     G = Σ λₖ vₖ vₖᵀ
///     w = √λ₀ · Σ λₖ^(−½) vₖ ⟨vₖ, γ⟩
///
/// where `λ₀` is the smallest eigenvalue, their median or their mean. With the smallest, the whole
/// update shrinks to the shortest component; with the mean, noise in it is amplified.
///
/// Source: Senushkin et al., *Independent Component Alignment for Multi-Task Learning*, CVPR 2023,
/// <https://arxiv.org/abs/2305.19000>.
public struct AlignedMTL: GramianBalancer, Hashable {
  /// Listed as `aligned-mtl`.
  public static let description = BalancerDescription(
    name: "aligned-mtl",
    summary: "makes the principal components of the gradients equally long",
    source: "Senushkin et al., Aligned-MTL, https://arxiv.org/abs/2305.19000")

  /// To which length the components are brought.
  public enum Target: String, Sendable, Codable, CaseIterable {
    /// That of the shortest.
    case smallest
    /// The median.
    case median
    /// The root of the mean of squares.
    case mean
  }

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// To which length the components are brought.
  public let target: Target

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Aligns the components of the gradients of `terms`, measured at `site`, to the length `target`.
  public init(
    terms: [LossTerm], target: Target = .smallest, site: GradientSite = .parameters
  ) {
    self.terms = terms
    self.target = target
    self.site = site
  }

  /// Decomposes the Gramian; components that are 0 but for rounding are left out.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let decomposition = Eigendecomposition(gradients.gramian)
    let tolerance = decomposition.tolerance
    let values = decomposition.values.filter { $0 > tolerance }.sorted()
    let goal = self.goal(of: values)
    return decomposition.apply(
      { $0 > tolerance ? (goal / $0).squareRoot() : 0 }, to: gradients.priorities)
  }

  private func goal(of values: [Double]) -> Double {
    let middle = values.count / 2
    return switch target {
    case .smallest: values[0]
    case .median:
      values.count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
    case .mean: values.reduce(0, +) / Double(values.count)
    }
  }
}
