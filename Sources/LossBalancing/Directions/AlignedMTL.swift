/// Makes the principal components of the gradients equally long before they are added.
///
///     G = Σ λₖ vₖ vₖᵀ
///     w = √λ₀ · Σ λₖ^(−½) vₖ ⟨vₖ, γ⟩
///
/// where `λ₀` is the smallest eigenvalue, their median or their mean. With the smallest, the whole
/// update shrinks to the shortest component; with the mean, noise in it is amplified. The median of an
/// even number of eigenvalues is the mean of the two in the middle.
///
/// An eigenvalue of less than `K · 2⁻⁵⁰` of the largest is 0 but for rounding, and its component is left
/// out. That is one whose length is to the longest as 1 to `2²⁵ / √K`: 2.4e7 for two terms, 1.9e7 for
/// three. With the smallest as target, the update's length jumps there to that of the next component.
///
/// Source: Senushkin et al., *Independent Component Alignment for Multi-Task Learning*, CVPR 2023,
/// <https://arxiv.org/abs/2305.19000>.
public struct AlignedMTL: GramianBalancer, RegisteredBalancer, Hashable {
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

  /// Aligns the components of the gradients of `terms`, with the default of each option.
  public init(terms: [LossTerm]) { self.init(terms: terms, target: .smallest) }

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
