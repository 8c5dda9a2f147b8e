/// A balancer around another one, which it changes in one respect.
///
/// A modifier implements ``LossBalancer/chooseWeights(_:from:using:)``; all else is handed on.
public protocol BalancerModifier: LossBalancer {
  /// The balancer that is modified.
  var base: StoredBalancer { get set }
}

extension BalancerModifier {
  /// The terms of the base.
  public var terms: [LossTerm] {
    get { base.balancer.terms }
    set { base.balancer.terms = newValue }
  }

  /// What the base requires.
  public var requiredInformation: RequiredInformation { base.balancer.requiredInformation }

  /// Whether the base held back a weight.
  public func isClamped(at index: Int) -> Bool { base.balancer.isClamped(at: index) }

  /// Tells the base.
  public mutating func beginPhase() { base.balancer.beginPhase() }

  /// Whether the base needs it.
  public var needsSecondLook: Bool { base.balancer.needsSecondLook }

  /// Shows the base.
  public mutating func observeStep(_ measurement: LossMeasurement) {
    base.balancer.observeStep(measurement)
  }

  /// Refuses a base that does something else with gradients than weighing them, as what it does could
  /// not be modified.
  func requireWeighingBase() throws(BalancerError) {
    if !base.balancer.remembersGradients { return }
    throw .badOption(
      "base", balancer: Self.name, found: type(of: base.balancer).description.name,
      expected: "a balancer that only weighs gradients")
  }
}
