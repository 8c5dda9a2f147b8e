/// Scales all gradients to the length of one of them before another balancer compares them.
///
///     fᵢ = nₐ / nᵢ,  the base sees fᵢ gᵢ and chooses vᵢ
///     wᵢ = fᵢ vᵢ
///
/// Methods that resolve conflicts between directions mostly leave scales as they are, or are decided
/// by the shortest gradient. This takes scale out of the question: the base sees directions only. The
/// anchor's gradient is not changed. A term without a gradient stays as it is, and on a minibatch
/// without a gradient of the anchor the weights are kept.
public struct RowNormalized: BalancerModifier {
  /// Listed as `row-normalized`.
  public static let description = BalancerDescription(
    name: "row-normalized",
    summary: "shows gradients of equal length",
    source: "this project")

  /// The balancer that sees the gradients.
  public var base: StoredBalancer

  /// The name of the term whose gradient is not changed.
  public let anchor: String

  private var baseWeights: [Double]

  /// Scales gradients to equal length for another balancer.
  ///
  /// - Parameters:
  ///   - base: The balancer that sees the gradients.
  ///   - anchor: The name of the term whose gradient is not changed; by default the first signed one
  ///     that takes part, or else the first that takes part.
  /// - Throws: ``BalancerError`` for an anchor that does not exist or a base that does not look at
  ///   gradients, or remembers them.
  public init(_ base: any LossBalancer, anchor: String? = nil) throws(BalancerError) {
    self.base = StoredBalancer(base)
    self.anchor = anchor ?? base.terms.naturalAnchor
    baseWeights = Array(repeating: 0, count: base.terms.count)
    try validate()
    // Only here: for a stored base, what it requires can depend on how far it has come.
    if base.requiredInformation < .featureGradients {
      throw .badOption(
        "base", balancer: Self.name, found: type(of: base).description.name,
        expected: "a balancer that looks at gradients")
    }
  }

  /// Normalises to the term that is the natural anchor.
  public init(modifying base: any LossBalancer, number: Int?) throws(BalancerError) {
    try Self.refuse(number)
    try self.init(base)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireTerm(named: anchor)
    try requireState(baseWeights, "weights of the base")
    try requireWeighingBase()
  }

  /// Scales the Gramian, asks the base and scales its weights.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    let goal = terms.index(of: anchor).map { measurement.gradientNorm(of: $0) } ?? 0
    if goal == 0 { return }
    let factors = weights.indices.map { index in
      let norm = measurement.gradientNorm(of: index)
      return norm > 0 ? goal / norm : 1
    }
    var scaled = measurement
    for row in factors.indices {
      for column in factors.indices {
        scaled.gramian[row * factors.count + column] *= factors[row] * factors[column]
      }
    }
    try base.balancer.updateWeights(&baseWeights, from: scaled, using: &generator)
    for index in weights.indices { weights[index] = factors[index] * baseWeights[index] }
  }
}
