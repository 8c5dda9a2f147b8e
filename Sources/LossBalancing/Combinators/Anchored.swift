/// Multiplies the weights of another balancer with a common factor, so that the weight of one term
/// stays its priority.
///
///     wᵢ ← wᵢ · γₐ / wₐ
///
/// What is known about learning rates and clipping thresholds for the anchor then holds. A minibatch
/// on which the anchor's weight is not positive is left as it is.
public struct Anchored: BalancerModifier {
  /// Listed as `anchored`.
  public static let description = BalancerDescription(
    name: "anchored",
    summary: "keeps the policy's weight at its priority",
    source: "this project")

  /// The balancer whose weights are multiplied.
  public var base: StoredBalancer

  /// The name of the term whose weight stays its priority.
  public let anchor: String

  /// Anchors the weights of another balancer.
  ///
  /// - Parameters:
  ///   - base: The balancer whose weights are multiplied.
  ///   - anchor: The name of the term whose weight stays its priority; by default the first signed
  ///     one that takes part, or else the first that takes part.
  /// - Throws: ``BalancerError`` for an anchor that does not exist or a base that remembers gradients.
  public init(_ base: any LossBalancer, to anchor: String? = nil) throws(BalancerError) {
    self.base = StoredBalancer(base)
    self.anchor = anchor ?? base.terms.naturalAnchor
    try validate()
  }

  /// Anchors the weights of another balancer to the term that is its natural anchor.
  public init(modifying base: any LossBalancer, number: Int?) throws(BalancerError) {
    try Self.refuse(number)
    try self.init(base)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireTerm(named: anchor)
    try requireWeighingBase()
  }

  /// Multiplies the weights of the base.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    try base.balancer.updateWeights(&weights, from: measurement, using: &generator)
    guard let index = terms.index(of: anchor), weights[index] > 0 else { return }
    let factor = terms[index].priority / weights[index]
    guard factor.isFinite else { return }
    for other in weights.indices { weights[other] *= factor }
    weights[index] = terms[index].priority
  }
}
