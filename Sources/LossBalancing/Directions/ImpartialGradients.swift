/// Finds the update whose projections on all unit gradients are proportional to the priorities.
///
///     v = G⁺ (γ ⊙ n),  w = v / Σ v
///
/// Weights can be negative, and where they nearly add up to 0 they are large; where they add up to 0
/// exactly, the weights of the minibatch before are kept. All terms are equal partners: in PPO, the
/// entropy gets most of the weight.
///
/// Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, the part about gradients,
/// <https://openreview.net/forum?id=IMPnRXEWpvr>.
public struct ImpartialGradients: GramianBalancer, Hashable {
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

  /// Solves the equations, in units of the gradients' lengths.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let parts = gradients.cosines.pseudoinverse(times: gradients.priorities)
    let weights = zip(parts, gradients.norms).map { $0 / $1 }
    let sum = weights.reduce(0, +)
    let size = weights.reduce(0) { $0 + abs($1) }
    return abs(sum) > 1e-12 * size ? weights.map { $0 / sum } : nil
  }
}
