/// A balancer around another one, which it changes in one respect.
///
/// A modifier implements ``LossBalancer/chooseWeights(_:from:using:)``; by default, all else is that
/// of the base.
public protocol BalancerModifier: LossBalancer {
  /// The balancer that is modified.
  var base: StoredBalancer { get set }

  /// Makes the modifier that a ``BalancerRegistry`` finds by `name:base` or `name-number:base`.
  ///
  /// - Parameters:
  ///   - base: The balancer that is modified.
  ///   - number: The number after the name, if there is one.
  /// - Throws: ``BalancerError`` for a base that cannot be modified so, or a number without meaning.
  init(modifying base: any LossBalancer, number: Int?) throws(BalancerError)
}

extension BalancerModifier {
  /// The terms of the base.
  public var terms: [LossTerm] {
    get { base.balancer.terms }
    set { base.balancer.terms = newValue }
  }

  /// What the base requires.
  public var requiredInformation: RequiredInformation { base.balancer.requiredInformation }

  /// Whether a limit of the base changed the weight of the term at `index`.
  public func isClamped(at index: Int) -> Bool { base.balancer.isClamped(at: index) }

  /// Begins a phase of the base.
  public mutating func beginPhase() { base.balancer.beginPhase() }

  /// Whether the base needs values after the step.
  public var needsPostStepValues: Bool { base.balancer.needsPostStepValues }

  /// Lets the base take in the values after the step.
  public mutating func observeStep(_ measurement: LossMeasurement) {
    base.balancer.observeStep(measurement)
  }

  /// Refuses a number that the modifier has no use for.
  static func refuse(_ number: Int?) throws(BalancerError) {
    guard let number else { return }
    throw .badOption("number", balancer: name, found: "\(number)", expected: "left out")
  }

  /// Refuses a base that does something else with gradients than weighting them, as what it does
  /// could not be modified.
  func requireWeighingBase() throws(BalancerError) {
    if !base.balancer.remembersGradients { return }
    throw .badOption(
      "base", balancer: Self.name, found: type(of: base.balancer).description.name,
      expected: "a balancer that only weights gradients")
  }
}
