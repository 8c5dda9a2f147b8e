import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// The usual network of PPO: hidden layers, shared or not, with a policy and a value on top.
///
/// With separate networks the parameters are named `policy.0` … for the policy's layers, the head
/// last, and `value.0` …; with a shared trunk `trunk.0` …, `policy` and `value`. A policy over real
/// numbers has the parameter, or the layer, `log_std` besides; one that remembers has the layers
/// `policy.recurrent.input` and `policy.recurrent.hidden`, likewise the value or the trunk. Images pass
/// through the layers `encoder.0` …, or `policy.encoder.0` … and `value.encoder.0` … where each has its
/// own; their features join what the hidden layers make of all other numbers.
public struct ActorCritic: PolicyNetwork {
  /// Where the parameters lie.
  public let layout: ParameterLayout
  /// The number of inputs, D.
  public let observationCount: Int?

  let policyTrunk: Trunk
  let valueTrunk: Trunk
  let policyHead: LinearLayer
  let valueHead: LinearLayer
  let actions: ActionHead
  let isShared: Bool
  /// What images of the policy's observations pass through; `nil` where there are none.
  let policyEncoder: ObservationEncoder?
  /// The same of the value, where it is not the policy's.
  let valueEncoder: ObservationEncoder?

  /// Lays out a network.
  ///
  /// - Parameters:
  ///   - observationCount: The number of inputs, D.
  ///   - actionSpace: What the policy chooses from.
  ///   - hiddenSizes: The sizes of the hidden layers.
  ///   - activation: What follows each hidden layer.
  ///   - sharesTrunk: Whether policy and value have the hidden layers in common.
  ///   - gaussian: What is chosen about a policy over real numbers.
  ///   - recurrence: The recurrent layer behind the hidden ones, or `nil` for a network that
  ///     remembers nothing.
  /// - Throws: ``UnsupportedActionSpace`` where the options do not fit the space.
  public init(
    observationCount: Int, actionSpace: ActionSpace, hiddenSizes: [Int] = [64, 64],
    activation: Activation = .tanh, sharesTrunk: Bool = false,
    gaussian: GaussianOptions = GaussianOptions(), recurrence: RecurrenceOptions? = nil
  ) throws(UnsupportedActionSpace) {
    try self.init(
      observationCount: observationCount, encoders: (nil, nil), in: ParameterLayout(),
      actionSpace: actionSpace, hiddenSizes: hiddenSizes, activation: activation,
      sharesTrunk: sharesTrunk, gaussian: gaussian, recurrence: recurrence)
  }

  /// Lays out a network for observations of several parts, of which images pass through convolutions.
  ///
  /// - Parameters:
  ///   - observations: The parts.
  ///   - imageEncoder: The convolutions.
  ///   - sharesEncoder: Whether policy and value have the convolutions in common; they have with a
  ///     shared trunk.
  ///   - actionSpace: What the policy chooses from.
  ///   - hiddenSizes: The sizes of the hidden layers, through which all goes that is no image.
  ///   - activation: What follows each hidden layer.
  ///   - sharesTrunk: Whether policy and value have the hidden layers in common.
  ///   - gaussian: What is chosen about a policy over real numbers.
  ///   - recurrence: The recurrent layer behind the hidden ones, or `nil`.
  /// - Throws: ``UnsupportedActionSpace`` where the options do not fit the space, and
  ///   ``InvalidHyperparameter`` where an image is too small.
  public init(
    observations: ObservationLayout, imageEncoder: ImageEncoderChoice = .auto,
    sharesEncoder: Bool = true, actionSpace: ActionSpace, hiddenSizes: [Int] = [64, 64],
    activation: Activation = .tanh, sharesTrunk: Bool = false,
    gaussian: GaussianOptions = GaussianOptions(), recurrence: RecurrenceOptions? = nil
  ) throws {
    var layout = ParameterLayout()
    func encoder(_ name: String) throws -> ObservationEncoder? {
      try ObservationEncoder(name, of: observations, imageEncoder, in: &layout)
    }
    let isCommon = sharesEncoder || sharesTrunk
    let policy = try encoder(isCommon ? "encoder" : "policy.encoder")
    let value = isCommon ? nil : try encoder("value.encoder")
    try self.init(
      observationCount: observations.count, encoders: (policy, value), in: layout,
      actionSpace: actionSpace, hiddenSizes: hiddenSizes, activation: activation,
      sharesTrunk: sharesTrunk, gaussian: gaussian, recurrence: recurrence)
  }

  private init(
    observationCount: Int, encoders: (policy: ObservationEncoder?, value: ObservationEncoder?),
    in encoderLayout: ParameterLayout, actionSpace: ActionSpace, hiddenSizes: [Int],
    activation: Activation, sharesTrunk: Bool, gaussian: GaussianOptions,
    recurrence: RecurrenceOptions?
  ) throws(UnsupportedActionSpace) {
    let outputs = ActionHead.outputCount(for: actionSpace)
    var layout = encoderLayout
    func trunk(_ name: String) -> Trunk {
      Trunk(
        name, inputs: encoders.policy?.vectorCount ?? observationCount,
        imageFeatures: encoders.policy?.outputCount ?? 0, sizes: hiddenSizes,
        activation: activation, recurrence: recurrence, in: &layout)
    }
    func head(_ name: String, _ count: Int, on trunk: Trunk) -> LinearLayer {
      LinearLayer(name, inputs: trunk.outputCount, outputs: count, in: &layout)
    }
    if sharesTrunk {
      policyTrunk = trunk("trunk")
      valueTrunk = policyTrunk
      policyHead = head("policy", outputs, on: policyTrunk)
      valueHead = head("value", 1, on: valueTrunk)
    } else {
      policyTrunk = trunk("policy")
      policyHead = head("policy.\(policyTrunk.layers.layers.count)", outputs, on: policyTrunk)
      valueTrunk = trunk("value")
      valueHead = head("value.\(valueTrunk.layers.layers.count)", 1, on: valueTrunk)
    }
    actions = try ActionHead(
      for: actionSpace, gaussian, features: policyTrunk.outputCount, in: &layout)
    policyEncoder = encoders.policy
    valueEncoder = encoders.value
    isShared = sharesTrunk
    self.observationCount = observationCount
    self.layout = layout
  }

  /// How many numbers are remembered: those of the trunk, or of the policy's and then the value's.
  public var memoryCount: Int {
    isShared ? policyTrunk.memoryCount : policyTrunk.memoryCount + valueTrunk.memoryCount
  }

  /// The value's head.
  public var valueLayer: LinearLayer? { valueHead }

  /// The matrix of state-dependent exploration, where that is chosen.
  public var exploration: ExplorationSchedule? { actions.exploration }

  /// Orthogonal weights with gain √2 in hidden layers, 1 in recurrent ones, 0.01 in the policy's head
  /// and 1 in the value's; zero biases; deviations as the options have them.
  public func initialize(_ parameters: Buffer, seed: UInt64) {
    initialize(parameters, seed: seed, on: nil)
  }

  /// Initialises policy and value side by side where they have nothing in common: a large layer takes
  /// half a second. Random numbers are addressed, so that the parameters are the same.
  func initialize(_ parameters: Buffer, seed: UInt64, on pool: WorkerPool?) {
    let first = RandomStream(seed: seed, purpose: .initialization, index: 0)
    var second = first
    second.position +=
      (policyEncoder?.drawCount ?? 0) + policyTrunk.drawCount + policyHead.drawCount
    let value = second
    let parts = isShared ? 1 : 2
    @Sendable func initialize(_ part: Int) {
      var generator = part == 0 ? first : value
      if part == 0 {
        policyEncoder?.initialize(parameters, using: &generator)
        policyTrunk.initialize(parameters, using: &generator)
        policyHead.initialize(parameters, gain: 0.01, using: &generator)
      } else {
        valueEncoder?.initialize(parameters, using: &generator)
        valueTrunk.initialize(parameters, using: &generator)
      }
      guard part == parts - 1 else { return }
      valueHead.initialize(parameters, gain: 1, using: &generator)
      actions.initialize(parameters, using: &generator)
    }
    if let pool {
      pool.run(parts) { part, _ in initialize(part) }
    } else {
      for part in 0..<parts { initialize(part) }
    }
  }

  /// Evaluates observations `[rows, D]`; a network that remembers takes each for a first one.
  public func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
    guard memoryCount > 0 else { return evaluate(observations, from: nil, on: tape) }
    let nothing = Tensor(shape: Shape(observations.shape[0], memoryCount), repeating: 0)
    return self(
      observations, from: SequenceMemory(steps: 1, states: tape.constant(nothing)), on: tape)
  }

  /// Evaluates sequences of observations `[rows, D]`.
  public func callAsFunction(
    _ observations: Variable, from memory: SequenceMemory, on tape: Tape
  ) -> PolicyOutput {
    evaluate(observations, from: memory, on: tape)
  }

  private func evaluate(
    _ observations: Variable, from memory: SequenceMemory?, on tape: Tape
  ) -> PolicyOutput {
    let (features, memories) = features(of: observations, from: memory, on: tape)
    tape.addFeatures(features.policy)
    if !hasSharedFeatures { tape.addFeatures(features.value) }
    let outputs = policyHead(features.policy, on: tape)
    let value = valueHead(features.value, on: tape)
    return PolicyOutput(
      policy: actions(outputs, features: features.policy, on: tape),
      value: reshape(value, Shape(observations.shape[0])), memory: memories)
  }

  /// Whether policy and value are computed from the same features.
  private var hasSharedFeatures: Bool {
    isShared
      || policyEncoder?.vectorCount == 0 && valueEncoder == nil && policyTrunk.recurrence == nil
  }

  /// Parts images from all other numbers, and encodes them.
  private func look(
    at observations: Variable, through encoder: ObservationEncoder?, on tape: Tape
  ) -> (vector: Variable?, images: Variable?) {
    guard let encoder else { return (observations, nil) }
    return (encoder.vector(of: observations), encoder.features(of: observations, on: tape))
  }

  /// The outputs of the last hidden layers, and what is remembered after the last step.
  private func features(
    of observations: Variable, from memory: SequenceMemory?, on tape: Tape
  ) -> (features: (policy: Variable, value: Variable), memory: Variable?) {
    let seen = look(at: observations, through: policyEncoder, on: tape)
    guard !isShared else {
      let (features, states) = policyTrunk(seen.vector, images: seen.images, from: memory, on: tape)
      return ((features, features), states)
    }
    let alsoSeen =
      valueEncoder.map { look(at: observations, through: $0, on: tape) } ?? seen
    let count = policyTrunk.memoryCount
    let policy = policyTrunk(
      seen.vector, images: seen.images, from: memory?.slice(0..<count), on: tape)
    let value = valueTrunk(
      alsoSeen.vector, images: alsoSeen.images, from: memory?.slice(count..<memoryCount), on: tape)
    guard let first = policy.states, let second = value.states else {
      return ((policy.features, value.features), nil)
    }
    return ((policy.features, value.features), concatenate(first, second, axis: 1))
  }
}
