/// Finds the update whose projections on all unit gradients are proportional to the priorities.
///
///     v = N⁻¹ C⁺ γ,  w = v / Σ v,  N = diag(nᵢ),  C = N⁻¹ G N⁻¹
///
/// For gradients that are linearly independent `v = G⁻¹ (γ ⊙ n)`, as published. For others the
/// pseudo-inverse is that of the matrix of cosines, `C`, and not of the Gramian: the projections are
/// then as near to the priorities as they can be, whatever the lengths of the gradients are.
///
/// Weights can be negative, and where they nearly add up to 0 they are large. The weights of the
/// minibatch before are kept where they add up to 0, where no update has projections like the
/// priorities in any part, and where all gradients lie on one line but not in one direction, as
/// exactly opposite ones do. All terms are equal partners: in PPO, the entropy gets most of the
/// weight.
///
/// Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, the part about gradients,
/// <https://openreview.net/forum?id=IMPnRXEWpvr>.
public struct ImpartialGradients: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `imtl-g`.
  public static let description = BalancerDescription(
    name: "imtl-g",
    summary: "equal projections of the update on all unit gradients",
    source: "Liu et al., IMTL, https://openreview.net/forum?id=IMPnRXEWpvr")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Finds equal projections on the gradients of `terms`, measured at `site`.
  public init(terms: [LossTerm], site: GradientSite = .parameters) {
    self.terms = terms
    self.site = site
  }

  /// Finds equal projections on the gradients, with the default of each option.
  public init(terms: [LossTerm]) { self.init(terms: terms, site: .parameters) }

  /// Solves the equations, in units of the gradients' lengths.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    guard let parts = gradients.partsOfEqualCosines else { return nil }
    let weights = zip(parts, gradients.norms).map { $0 / $1 }
    let sum = weights.reduce(0, +)
    let size = weights.reduce(0) { $0 + abs($1) }
    return abs(sum) > 1e-12 * size ? weights.map { $0 / sum } : nil
  }
}
