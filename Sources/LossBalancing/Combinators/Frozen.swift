/// Keeps the weights of another balancer constant during an update phase.
///
/// They are those that the base chooses for the first minibatch of the phase, so that all epochs of
/// PPO's update descend the same loss. The base sees the other minibatches too, unless that is
/// switched off: then one minibatch a phase is all that has to be measured.
public struct Frozen: BalancerModifier {
  /// Listed as `frozen`.
  public static let description = BalancerDescription(
    name: "frozen",
    summary: "keeps weights constant during an update phase",
    source: "this project")

  /// The balancer that chooses the weights.
  public var base: StoredBalancer

  /// Whether the base sees all minibatches and not only the first of each phase.
  public let seesAll: Bool

  private var isFirst = true
  private var baseWeights: [Double]

  /// What the base requires where it sees a minibatch, otherwise nothing.
  public var requiredInformation: RequiredInformation {
    isFirst || seesAll ? base.balancer.requiredInformation : .nothing
  }

  /// Freezes the weights of another balancer.
  ///
  /// - Parameters:
  ///   - base: The balancer that chooses the weights.
  ///   - seesAll: Whether the base sees all minibatches and not only the first of each phase.
  /// - Throws: ``BalancerError`` for a base that remembers gradients.
  public init(_ base: any LossBalancer, seesAll: Bool = true) throws(BalancerError) {
    self.base = StoredBalancer(base)
    self.seesAll = seesAll
    baseWeights = Array(repeating: 0, count: base.terms.count)
    try validate()
  }

  /// Freezes the weights of another balancer, with the default of each option.
  public init(modifying base: any LossBalancer, number: Int?) throws(BalancerError) {
    try Self.refuse(number)
    try self.init(base)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireState(baseWeights, "weights of the base")
    try requireWeighingBase()
  }

  /// Takes new weights at the next minibatch.
  public mutating func beginPhase() {
    base.balancer.beginPhase()
    isFirst = true
  }

  /// Lets the base see the minibatch, and takes its weights at the first one of a phase.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    guard isFirst || seesAll else { return }
    try base.balancer.updateWeights(&baseWeights, from: measurement, using: &generator)
    if isFirst {
      for index in weights.indices { weights[index] = baseWeights[index] }
    }
    isFirst = false
  }
}
