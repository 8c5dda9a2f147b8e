/// Chooses how much each term of a composite loss counts.
///
/// A composite loss is a function with K values, `L(θ)`. One forward pass computes them; its
/// pullback turns any K numbers `w` into the gradient `Σ wᵢ ∇Lᵢ`. A balancer is what chooses
/// those numbers. As they are numbers and not part of the computation, no gradient can flow
/// through them by mistake.
///
/// A balancer is a value: it is copied, compared and stored as its `Codable` state, and draws
/// random numbers only from the generator that it is given. Who trains with one calls
/// ``updateWeights(_:from:using:)`` for every minibatch; who writes one implements
/// ``chooseWeights(_:from:using:)``.
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
  /// What it is given is finite for the terms that take part. It writes a finite number for every
  /// term: 0 for one of priority 0, and that of the minibatch before where nothing can be said.
  ///
  /// - Parameters:
  ///   - weights: Receives the weights, shape `[K]`; on entry those of the minibatch before, all
  ///     zero at the first one.
  ///   - measurement: What was measured; valid up to ``requiredInformation``.
  ///   - generator: The only source of randomness.
  mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator)

  /// Whether the last weight of the term at `index` was held back by a limit.
  func isClamped(at index: Int) -> Bool

  /// Whether ``combine(_:weights:into:)`` does something else than weighing the gradients of the
  /// minibatch.
  var remembersGradients: Bool { get }

  /// Combines the gradients of a minibatch, after its weights were chosen.
  ///
  /// Called at the level ``RequiredInformation/gradients`` only. Without an implementation of its
  /// own, a balancer combines them into `Σ wᵢ gᵢ`.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the terms, shape `[K, P]`.
  ///   - weights: The weights; receives the factors with which this minibatch counts.
  ///   - update: Receives the combination, shape `[P]`.
  mutating func combine(
    _ gradients: Span<Float>, weights: inout [Double], into update: inout MutableSpan<Float>)

  /// Hears that an update phase begins: a new rollout, or an epoch of supervised learning.
  mutating func beginPhase()

  /// Whether the trainer has to measure the same minibatch again after its step, for
  /// ``observeStep(_:)``. That costs one forward pass.
  var needsSecondLook: Bool { get }

  /// Sees the values of the minibatch after the step that its weights led to.
  mutating func observeStep(_ measurement: LossMeasurement)
}

extension LossBalancer {
  /// Chooses the weights for the minibatch that was measured, or keeps them where the measurement
  /// has a number that is not finite.
  ///
  /// Such a measurement changes nothing, neither `weights` nor the state. ``BalanceReport`` counts
  /// it, so that it does not pass unseen.
  ///
  /// - Parameters:
  ///   - weights: Receives the weights, shape `[K]`; on entry those of the minibatch before, all
  ///     zero at the first one.
  ///   - measurement: What was measured; valid up to ``requiredInformation``.
  ///   - generator: The only source of randomness.
  /// - Precondition: `weights` and `measurement` have one entry for each term.
  public mutating func updateWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    precondition(
      weights.count == terms.count && measurement.count == terms.count,
      """
      A balancer of \(terms.count) terms was given \(weights.count) weights and a measurement of \
      \(measurement.count) terms.
      """)
    guard measurement.isFinite(for: terms, upTo: requiredInformation) else { return }
    chooseWeights(&weights, from: measurement, using: &generator)
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
  /// - Precondition: There are as many gradients as terms, each as long as the update.
  public mutating func updateWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    combining gradients: Span<Float>,
    into update: inout MutableSpan<Float>,
    using generator: inout any RandomNumberGenerator
  ) {
    precondition(
      gradients.count == terms.count * update.count,
      """
      A balancer of \(terms.count) terms and an update of \(update.count) numbers was given \
      gradients of \(gradients.count) numbers.
      """)
    updateWeights(&weights, from: measurement, using: &generator)
    if measurement.isFinite(for: terms, upTo: .gradients) {
      combine(gradients, weights: &weights, into: &update)
    } else {
      for index in update.indices { update[index] = 0 }
    }
  }
}

extension LossBalancer {
  /// No term: a balancer without limits.
  public func isClamped(at index: Int) -> Bool { false }

  /// No.
  public var remembersGradients: Bool { false }

  /// Combines the gradients into `Σ wᵢ gᵢ`.
  public mutating func combine(
    _ gradients: Span<Float>, weights: inout [Double], into update: inout MutableSpan<Float>
  ) {
    for column in update.indices {
      var sum = 0.0
      for index in weights.indices where weights[index] != 0 {
        sum += weights[index] * Double(gradients[index * update.count + column])
      }
      update[column] = Float(sum)
    }
  }

  /// Makes nothing of it.
  public mutating func beginPhase() {}

  /// No.
  public var needsSecondLook: Bool { false }

  /// Makes nothing of it.
  public mutating func observeStep(_ measurement: LossMeasurement) {}
}
