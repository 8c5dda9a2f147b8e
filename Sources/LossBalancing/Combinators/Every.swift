/// Asks another balancer only at every k-th minibatch and keeps its weights in between.
///
/// In between, nothing has to be measured, which makes a method that needs many backward passes cheap.
/// The minibatches in between are weighted by what the one before them measured: limit the steps of
/// weights that divide by a single measurement with ``Clamped``.
public struct Every: BalancerModifier {
  /// Listed as `every`.
  public static let description = BalancerDescription(
    name: "every",
    summary: "asks only at every k-th minibatch",
    source: "this project")

  /// The balancer that is asked.
  public var base: StoredBalancer

  /// How many minibatches lie between questions, `k`, at least 1.
  public let interval: Int

  private var minibatchesToNext = 0

  /// What the base requires where it is asked, otherwise nothing.
  public var requiredInformation: RequiredInformation {
    minibatchesToNext == 0 ? base.balancer.requiredInformation : .nothing
  }

  /// Asks another balancer at every k-th minibatch.
  ///
  /// - Parameters:
  ///   - interval: How many minibatches lie between questions, `k`, at least 1.
  ///   - base: The balancer that is asked.
  /// - Throws: ``BalancerError`` for an option out of its range or a base that remembers gradients.
  public init(_ interval: Int, _ base: any LossBalancer) throws(BalancerError) {
    self.base = StoredBalancer(base)
    self.interval = interval
    try validate()
  }

  /// Asks another balancer at every k-th minibatch; without a number at every tenth.
  public init(modifying base: any LossBalancer, number: Int?) throws(BalancerError) {
    try self.init(number ?? 10, base)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require(interval >= 1, "interval", Double(interval), toBe: "at least 1")
    try requireCountdown(minibatchesToNext, below: interval)
    try requireWeighingBase()
  }

  /// Asks the base where its turn has come.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    if minibatchesToNext == 0 {
      try base.balancer.updateWeights(&weights, from: measurement, using: &generator)
      minibatchesToNext = interval
    }
    minibatchesToNext -= 1
  }
}
