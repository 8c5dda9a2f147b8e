/// Projects each gradient onto the directions that make no term worse, and adds them up.
///
///     for each i: vⁱ = argmin vᵀ G v  with v ≥ γᵢ eᵢ
///     w = Σ vⁱ
///
/// No term gets worse, the update is proportional to each gradient's length, and without conflicts
/// the weights are the priorities. ``DualProj`` projects the sum instead.
///
/// A ridge, as the official code adds to `G / trace G`, makes the solution unique and hides every term
/// whose squared norm is less than that part of all; here it is 0 unless asked for.
///
/// Source: Quinton and Rey, *Jacobian Descent for Multi-Objective Optimization*,
/// <https://arxiv.org/abs/2406.16232>.
public struct UPGrad: GramianBalancer, ValidatedBalancer, Hashable {
  /// Listed as `upgrad`.
  public static let description = BalancerDescription(
    name: "upgrad",
    summary: "projects each gradient to where no term gets worse",
    source: "Quinton and Rey, UPGrad, https://arxiv.org/abs/2406.16232")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What is added to the diagonal of `G / trace G`, at least 0.
  public let ridge: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Projects the gradients of `terms`.
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

  /// Solves one quadratic programme a term.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let gramian = gradients.gramian.withRidge(ridge)
    var weights = Array(repeating: 0.0, count: gradients.count)
    for index in 0..<gradients.count {
      var bounds = Array(repeating: 0.0, count: gradients.count)
      bounds[index] = gradients.priorities[index]
      for (other, part) in gramian.minimum(above: bounds).enumerated() { weights[other] += part }
    }
    return weights
  }
}

extension SymmetricMatrix {
  /// The matrix divided by its trace, with `ridge` added to the diagonal.
  func withRidge(_ ridge: Double) -> SymmetricMatrix {
    let trace = diagonal.reduce(0, +)
    return SymmetricMatrix(count: count) { self[$0, $1] / trace + ($0 == $1 ? ridge : 0) }
  }
}
