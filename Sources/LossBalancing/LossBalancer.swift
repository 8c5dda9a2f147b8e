/// Chooses how much each term of a composite loss counts.
///
/// A composite loss is a function with K values, `L(θ)`. One forward pass computes them; its
/// pullback turns any K numbers `w` into the gradient `Σ wᵢ ∇Lᵢ`. A balancer is what chooses
/// those numbers. As they are numbers and not part of the computation, no gradient can flow
/// through them by mistake.
///
/// A balancer is a value: it is copied, compared and stored as its `Codable` state, and draws
/// random numbers only from the generator that it is given. A training loop calls
/// ``updateWeights(_:from:using:)`` for every minibatch, or leaves the whole step to a
/// ``TrainingBalancer``. A balancer implements ``chooseWeights(_:from:using:)``.
public protocol LossBalancer: Sendable, Codable {
  /// The name that it is chosen and stored under, what it does and where it comes from.
  static var description: BalancerDescription { get }

  /// The terms in the order of all arrays.
  ///
  /// Their priorities may be changed between minibatches, for example by a controller that keeps
  /// the entropy at a target; what is 0 stays 0, and all else about them stays.
  var terms: [LossTerm] { get set }

  /// What must be measured before the next ``updateWeights(_:from:using:)``.
  ///
  /// It can differ from one minibatch to the next, where a balancer does not need every one.
  var requiredInformation: RequiredInformation { get }

  /// Chooses the weights for the minibatch that was measured.
  ///
  /// The measurement is finite for the terms that take part. The weights must be finite: 0 for a
  /// term of priority 0, and that of the minibatch before where the measurement says nothing.
  ///
  /// - Parameters:
  ///   - weights: Receives the weights, shape `[K]`; on entry those of the minibatch before, all
  ///     zero at the first one.
  ///   - measurement: What was measured; valid up to ``requiredInformation``.
  ///   - generator: The only source of randomness.
  /// - Throws: ``BalancerError`` for a measurement that the weights cannot be chosen from.
  mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError)

  /// Checks that the options are in their ranges, that the terms are of a kind for which the
  /// method is sound, and that the state fits the terms.
  ///
  /// Called when a balancer was read from a file, and by the initialisers of the balancers here. The
  /// default accepts every state.
  ///
  /// - Throws: ``BalancerError``, for a state ``BalancerError/badState(balancer:reason:)``.
  func validate() throws(BalancerError)

  /// Whether a limit changed the last weight of the term at `index`. The default is `false`.
  func isClamped(at index: Int) -> Bool

  /// Whether ``combine(_:weights:into:)`` does something else than weighting the gradients of the
  /// minibatch. The default is `false`.
  var remembersGradients: Bool { get }

  /// Combines the gradients of a minibatch, after its weights were chosen.
  ///
  /// Called at the level ``RequiredInformation/gradients`` only. The default is `Σ wᵢ gᵢ`.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the terms, shape `[K, P]`.
  ///   - weights: The weights; receives the factors with which this minibatch counts.
  ///   - update: Receives the combination, shape `[P]`.
  mutating func combine(
    _ gradients: Span<Float>, weights: inout [Double], into update: inout MutableSpan<Float>)

  /// Called at the start of each update phase: a new rollout, or an epoch of supervised learning.
  ///
  /// The default does nothing.
  mutating func beginPhase()

  /// Whether ``observeStep(_:)`` needs the values of the same minibatch after the optimiser's step,
  /// which cost one forward pass more. The default is `false`.
  var needsPostStepValues: Bool { get }

  /// Takes in the values of the minibatch after the step that its weights led to.
  ///
  /// Called only if ``needsPostStepValues``. The default does nothing.
  mutating func observeStep(_ measurement: LossMeasurement)
}

/// A balancer that can be made for given terms, with the default of each option, and therefore be
/// found by name in a ``BalancerRegistry``.
public protocol RegisteredBalancer: LossBalancer {
  /// Makes a balancer of `terms`.
  ///
  /// - Throws: ``BalancerError`` for terms for which the method is not sound.
  init(terms: [LossTerm]) throws(BalancerError)
}

extension LossBalancer {
  /// Chooses the weights for the minibatch that was measured, or keeps them where the measurement
  /// has a number that is not finite.
  ///
  /// Such a measurement changes nothing, neither `weights` nor the state. ``BalanceReport`` counts
  /// it. A weight is at most 2¹⁰⁰ in size, or its priority where that is more, so that gradients of single
  /// precision hold it; ``BalanceReport/clampCounts`` count that, too.
  ///
  /// - Parameters:
  ///   - weights: Receives the weights, shape `[K]`; on entry those of the minibatch before, all
  ///     zero at the first one.
  ///   - measurement: What was measured, up to ``requiredInformation``.
  ///   - generator: The only source of randomness.
  /// - Throws: ``BalancerError/missingMeasurement(_:balancer:)`` where the measurement lacks what the
  ///   balancer requires, and ``BalancerError/wrongCount(_:balancer:found:expected:)`` where there is
  ///   not one weight and one measured number for each term.
  public mutating func updateWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    try requireCount(weights.count, terms.count, of: "weights")
    try requireCount(measurement.count, terms.count, of: "measured terms")
    let level = requiredInformation
    try requireMeasured(min(level, .gramian), in: measurement)
    guard measurement.isFinite(for: terms, upTo: level) else { return }
    try chooseWeights(&weights, from: measurement, using: &generator)
    limit(&weights)
  }

  /// Chooses the weights and combines the gradients, for a balancer that requires
  /// ``RequiredInformation/gradients``.
  ///
  /// A measurement that is not finite makes the update 0.
  ///
  /// - Parameters:
  ///   - weights: Receives the factors with which the gradients of this minibatch count.
  ///   - measurement: What was measured.
  ///   - gradients: The gradients of the terms, shape `[K, P]`.
  ///   - update: Receives the combination, shape `[P]`.
  ///   - generator: The only source of randomness.
  /// - Throws: ``BalancerError`` as ``updateWeights(_:from:using:)``, and where there are not as many
  ///   gradients as terms, each as long as the update.
  public mutating func updateWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    combining gradients: Span<Float>,
    into update: inout MutableSpan<Float>,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    try requireCount(gradients.count, terms.count * update.count, of: "numbers in the gradients")
    try updateWeights(&weights, from: measurement, using: &generator)
    if measurement.isFinite(for: terms, upTo: .gradients) {
      combine(gradients, weights: &weights, into: &update)
      limit(&weights)
    } else {
      for index in update.indices { update[index] = 0 }
    }
  }

  /// Refuses arrays of another length.
  func requireCount(_ found: Int, _ expected: Int, of what: String) throws(BalancerError) {
    if found == expected { return }
    throw .wrongCount(what, balancer: Self.name, found: found, expected: expected)
  }

  /// Refuses a measurement that lacks what a level adds to those below it.
  func requireMeasured(
    _ level: RequiredInformation, in measurement: LossMeasurement
  ) throws(BalancerError) {
    if measurement.has(level) || terms.isEmpty { return }
    throw .missingMeasurement(level, balancer: Self.name)
  }
}

extension LossBalancer {
  /// Accepts every state.
  public func validate() throws(BalancerError) {}

  /// Returns `false`: no limits.
  public func isClamped(at index: Int) -> Bool { false }

  /// `false`.
  public var remembersGradients: Bool { false }

  /// Combines the gradients into `Σ wᵢ gᵢ`.
  public mutating func combine(
    _ gradients: Span<Float>, weights: inout [Double], into update: inout MutableSpan<Float>
  ) {
    weightedSum(of: gradients, weights, into: &update)
  }

  /// Does nothing.
  public mutating func beginPhase() {}

  /// `false`.
  public var needsPostStepValues: Bool { false }

  /// Does nothing.
  public mutating func observeStep(_ measurement: LossMeasurement) {}
}

/// Writes `Σ wᵢ gᵢ` of gradients of shape `[K, P]`; a row of weight 0 is not read.
func weightedSum(
  of gradients: Span<Float>, _ weights: [Double], into update: inout MutableSpan<Float>
) {
  for column in update.indices {
    var sum = 0.0
    for index in weights.indices where weights[index] != 0 {
      sum += weights[index] * Double(gradients[index * update.count + column])
    }
    update[column] = Float(sum)
  }
}
