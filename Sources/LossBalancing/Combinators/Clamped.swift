/// Keeps the weights of another balancer within limits.
///
///     wᵢ / γᵢ ← the nearest number in 1 / limit … limit, no more than a step from the last one
///
/// A weight that is negative becomes the smallest that is allowed. Each hit is reported.
public struct Clamped: BalancerModifier {
  /// Listed as `clamped`.
  public static let description = BalancerDescription(
    name: "clamped",
    summary: "keeps weights within limits and their changes small",
    source: "this project")

  /// The balancer whose weights are limited.
  public var base: StoredBalancer

  private var ratios: LimitedRatios
  private var baseWeights: [Double]

  /// Limits the weights of another balancer.
  ///
  /// - Parameters:
  ///   - base: The balancer whose weights are limited.
  ///   - ratioLimit: The largest ratio of weight to priority, and one over the smallest, in
  ///     `1...1e30`.
  ///   - stepLimit: The largest factor by which a ratio changes in one minibatch, above 1, if any.
  /// - Throws: ``BalancerError`` for an option out of its range or a base that remembers gradients.
  public init(
    _ base: any LossBalancer, ratioLimit: Double = 1e12, stepLimit: Double? = nil
  ) throws(BalancerError) {
    self.base = StoredBalancer(base)
    let count = base.terms.count
    ratios = LimitedRatios(count: count, ratioLimit: ratioLimit, stepLimit: stepLimit)
    baseWeights = Array(repeating: 0, count: count)
    try validate()
  }

  /// Limits the weights of another balancer, with the default of each option.
  public init(modifying base: any LossBalancer, number: Int?) throws(BalancerError) {
    try Self.refuse(number)
    try self.init(base)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try ratios.validate(for: self)
    try requireState(baseWeights, "weights of the base")
    try requireWeighingBase()
  }

  /// Limits the weights of the base.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    try base.balancer.updateWeights(&baseWeights, from: measurement, using: &generator)
    let terms = self.terms
    for (index, term) in terms.enumerated() {
      weights[index] =
        term.takesPart
        ? term.priority * ratios.limit(baseWeights[index] / term.priority, at: index) : 0
    }
  }

  /// Whether the weight of the term at `index` was held back, here or by the base.
  public func isClamped(at index: Int) -> Bool {
    ratios.isClamped(at: index) || base.balancer.isClamped(at: index)
  }
}
