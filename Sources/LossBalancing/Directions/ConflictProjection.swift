/// What a ``ConflictProjection`` projects.
public protocol ProjectionTarget: Sendable {
  /// The name, summary and source of the balancer.
  static var description: BalancerDescription { get }

  /// Whether the sum of the gradients is projected, or each of them.
  static var isSum: Bool { get }
}

/// Each gradient is projected; see ``UPGrad``.
public enum EachGradient: ProjectionTarget {
  /// Listed as `upgrad`.
  public static let description = BalancerDescription(
    name: "upgrad",
    summary: "projects each gradient to where no term gets worse",
    source: "Quinton and Rey, UPGrad, https://arxiv.org/abs/2406.16232")

  /// Each gradient is projected.
  public static var isSum: Bool { false }
}

/// The sum of the gradients is projected; see ``DualProj``.
public enum GradientSum: ProjectionTarget {
  /// Listed as `dual-proj`.
  public static let description = BalancerDescription(
    name: "dual-proj",
    summary: "projects the sum of gradients to where no term gets worse",
    source: "Lopez-Paz and Ranzato, https://arxiv.org/abs/1706.08840")

  /// The sum is projected.
  public static var isSum: Bool { true }
}

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
public typealias UPGrad = ConflictProjection<EachGradient>

/// Projects the sum of the gradients onto the directions that make no term worse.
///
///     w = argmin vᵀ G v  with v ≥ γ
///
/// Without conflicts the weights are the priorities.
///
/// Source: Lopez-Paz and Ranzato, *Gradient Episodic Memory for Continual Learning*,
/// <https://arxiv.org/abs/1706.08840>; named by Quinton and Rey,
/// <https://arxiv.org/abs/2406.16232>.
public typealias DualProj = ConflictProjection<GradientSum>

/// Projects gradients onto the directions that make no term worse: ``UPGrad`` and ``DualProj``.
public struct ConflictProjection<Target: ProjectionTarget>: GramianBalancer, RegisteredBalancer,
  Hashable
{
  /// The name, summary and source of the target.
  public static var description: BalancerDescription { Target.description }

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

  /// Projects the gradients of `terms`, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, ridge: 0)
  }

  /// Refuses options out of their ranges.
  public func validate() throws(BalancerError) {
    try require(ridge >= 0 && ridge.isFinite, "ridge", ridge, toBe: "at least 0")
  }

  /// Solves the quadratic programme, or one for each gradient.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let gramian = gradients.gramian.withRidge(ridge)
    if Target.isSum { return gramian.minimum(above: gradients.priorities) }
    return (0..<gradients.count).reduce(into: gradients.priorities.map { _ in 0 }) { sum, term in
      let bounds = gradients.priorities.enumerated().map { $0 == term ? $1 : 0 }
      for (index, weight) in gramian.minimum(above: bounds).enumerated() { sum[index] += weight }
    }
  }
}

extension SymmetricMatrix {
  /// The matrix divided by its trace, with `ridge` added to the diagonal.
  fileprivate func withRidge(_ ridge: Double) -> SymmetricMatrix {
    let trace = diagonal.reduce(0, +)
    return SymmetricMatrix(count: count) { self[$0, $1] / trace + ($0 == $1 ? ridge : 0) }
  }
}
