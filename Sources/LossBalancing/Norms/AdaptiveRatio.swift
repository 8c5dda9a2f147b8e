/// Scales each term to the gradient of a reference on the same minibatch, without memory.
///
///     wᵣ = γᵣ
///     wᵢ = γᵢ · min(‖gᵣ‖ / (‖gᵢ‖ + δ), limit)
///
/// As published, `δ = 1e-4` and the limit is 1e4. Both are absolute and make the method depend on
/// the scale of the losses: where gradients are smaller than `δ`, weights are too small.
/// ``AnchoredNorm`` has neither and an average besides. A term without a gradient is weighted by its
/// priority.
///
/// Source: Esser, Rombach and Ommer, *Taming Transformers for High-Resolution Image Synthesis*,
/// equation 7, <https://arxiv.org/abs/2012.09841>.
public struct AdaptiveRatio: RegisteredBalancer, Hashable {
  /// Listed as `vqgan`.
  public static let description = BalancerDescription(
    name: "vqgan",
    summary: "gradients scaled to a reference term's on the same minibatch",
    source: "Esser et al., VQGAN, https://arxiv.org/abs/2012.09841")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// The name of the term that the others are scaled to.
  public let reference: String

  /// What is added to a norm before it divides, `δ`, positive.
  public let offset: Double

  /// The largest ratio, at least 1.
  public let limit: Double

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  private var clamped: [Bool]

  /// The Gramian at the site.
  public var requiredInformation: RequiredInformation { site.requiredInformation }

  /// Scales terms to a reference.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - reference: The name of the term to scale to; by default the first signed one that takes
  ///     part, or else the first that takes part.
  ///   - offset: What is added to a norm before it divides, `δ`, positive.
  ///   - limit: The largest ratio, at least 1.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range or a reference that does not exist.
  public init(
    terms: [LossTerm],
    reference: String? = nil,
    offset: Double = 1e-4,
    limit: Double = 1e4,
    site: GradientSite = .features
  ) throws(BalancerError) {
    self.terms = terms
    self.reference = reference ?? terms.naturalAnchor
    self.offset = offset
    self.limit = limit
    self.site = site
    clamped = Array(repeating: false, count: terms.count)
    try validate()
  }

  /// Scales terms to their natural anchor, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, reference: nil)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireTerm(named: reference)
    try require(offset > 0 && offset.isFinite, "offset", offset, toBe: "positive")
    try require(limit >= 1 && limit.isFinite, "limit", limit, toBe: "at least 1")
    try requireState(clamped.map { $0 ? 1 : 0 }, "clamps")
  }

  /// Divides the reference's norm by those of the others.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let goal = terms.index(of: reference).map { measurement.gradientNorm(of: $0) } ?? 0
    for (index, term) in terms.enumerated() {
      let norm = measurement.gradientNorm(of: index)
      let ratio = term.name == reference || norm == 0 ? 1 : goal / (norm + offset)
      clamped[index] = term.takesPart && ratio > limit
      weights[index] = term.priority * min(ratio, limit)
    }
  }

  /// Whether the ratio of the term at `index` was above the limit.
  public func isClamped(at index: Int) -> Bool { clamped[index] }
}
