/// Stays near the sum and makes the term that falls least fall more.
///
///     d = argmax minᵢ ⟨γᵢ gᵢ, d⟩  with  ‖d − g₀‖ ≤ c ‖g₀‖,  g₀ = Σ γᵢ gᵢ
///
/// The solution is `g₀ + c ‖g₀‖ gₐ / ‖gₐ‖`, where `gₐ = Σ αᵢ γᵢ gᵢ` and `α`, without negative entries
/// and with sum 1, minimises `⟨gₐ, g₀⟩ + c ‖g₀‖ ‖gₐ‖`. For `c = 0` it is the sum with fixed
/// coefficients; from `c = 1` no term gets worse.
///
/// With `τ = ‖gₐ‖ / (c ‖g₀‖)`, the weights `α` are those of the shortest vector in the convex hull of
/// all `γᵢ gᵢ + τ g₀`. That leaves one unknown, `‖gₐ‖`, which is found by bisection.
///
/// Source: Liu et al., *Conflict-Averse Gradient Descent for Multi-task Learning*, NeurIPS 2021,
/// <https://arxiv.org/abs/2110.14048>; there `g₀` is the mean, here the sum, so that without
/// conflicts the weights are the priorities.
public struct CAGrad: GramianBalancer, ValidatedBalancer, Hashable {
  /// Listed as `cagrad`.
  public static let description = BalancerDescription(
    name: "cagrad",
    summary: "near the sum, better for the term that falls least",
    source: "Liu et al., CAGrad, https://arxiv.org/abs/2110.14048")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How far from the sum the update may be, relative to its length, `c`, at least 0.
  public let radius: Double

  /// Whether the update is divided by `1 + c²`.
  public let isRescaled: Bool

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Stays near the sum of the gradients of `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - radius: How far from the sum the update may be, relative to its length, `c`, at least 0.
  ///   - isRescaled: Whether the update is divided by `1 + c²`.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm],
    radius: Double = 0.4,
    isRescaled: Bool = false,
    site: GradientSite = .parameters
  ) throws(BalancerError) {
    self.terms = terms
    self.radius = radius
    self.isRescaled = isRescaled
    self.site = site
    try validate()
  }

  func validate() throws(BalancerError) {
    try require(radius >= 0 && radius.isFinite, "radius", radius, toBe: "at least 0")
  }

  /// Finds the combination `α` and adds it to the sum.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let gramian = gradients.prioritizedGramian
    let products = gramian.times(Array(repeating: 1, count: gradients.count))
    let reach = radius * max(products.reduce(0, +), 0).squareRoot()
    let longest = (gramian.diagonal.max() ?? 0).squareRoot()
    guard reach > 1e-12 * longest else { return gradients.priorities }
    let (combination, length) = worstCase(gramian, products, reach: reach, longest: longest)
    // Where the terms cancel each other exactly, no direction is better than the sum.
    guard length > 1e-9 * longest else { return gradients.priorities }
    let divisor = isRescaled ? 1 + radius * radius : 1
    return zip(gradients.priorities, combination).map { priority, part in
      priority * (1 + reach / length * part) / divisor
    }
  }

  /// The weights `α` and the length of their combination.
  private func worstCase(
    _ gramian: SymmetricMatrix, _ products: [Double], reach: Double, longest: Double
  ) -> (combination: [Double], length: Double) {
    let sum = reach * reach / (radius * radius)
    func combination(forLength length: Double) -> [Double] {
      let shift = length / reach
      return SymmetricMatrix(count: gramian.count) { row, column in
        gramian[row, column] + shift * (products[row] + products[column]) + shift * shift * sum
      }.minimumNormWeights()
    }
    func length(of combination: [Double]) -> Double {
      max(gramian.quadraticForm(combination), 0).squareRoot()
    }
    // The true length is a fixed point: with a guess below it, the result is longer than the guess.
    var (low, high) = (0.0, longest)
    for _ in 0..<54 {
      let middle = (low + high) / 2
      if length(of: combination(forLength: middle)) > middle { low = middle } else { high = middle }
    }
    let combination = combination(forLength: high)
    return (combination, length(of: combination))
  }
}
