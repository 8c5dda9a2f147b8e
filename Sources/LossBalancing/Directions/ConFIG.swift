/// Takes the direction whose cosines with all gradients are proportional to the priorities, as long as
/// the gradients' projections on it together.
///
///     u = U⁺ γ / ‖U⁺ γ‖,  U = rows gᵢ / nᵢ
///     update = (Σ ⟨gᵢ, u⟩) u
///
/// As `U⁺ = Uᵀ (U Uᵀ)⁺`, the Gramian is all that is needed. The weights of the minibatch before are kept
/// where no direction has cosines like the priorities in any part, and where all gradients lie on one
/// line but not in one direction, as exactly opposite ones do. All terms are equal partners.
///
/// Source: Liu, Chu and Thuerey, *ConFIG: Towards Conflict-free Training of Physics Informed Neural
/// Networks*, <https://arxiv.org/abs/2408.11104>.
public struct ConFIG: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `conflict-free`.
  public static let description = BalancerDescription(
    name: "conflict-free",
    summary: "ConFIG: equal cosines of the update with all gradients",
    source: "Liu et al., ConFIG, https://arxiv.org/abs/2408.11104")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Finds equal cosines with the gradients of `terms`, measured at `site`.
  public init(terms: [LossTerm], site: GradientSite = .parameters) {
    self.terms = terms
    self.site = site
  }

  /// Finds equal cosines with the gradients of `terms`, with the default of each option.
  public init(terms: [LossTerm]) { self.init(terms: terms, site: .parameters) }

  /// Solves the equations and measures the projections.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let cosines = gradients.cosines
    let norms = gradients.norms
    guard let parts = gradients.partsOfEqualCosines else { return nil }
    let squaredLength = cosines.quadraticForm(parts)
    let projections = zip(norms, cosines.times(parts)).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(parts, norms).map { projections / squaredLength * $0 / $1 }
  }
}
