import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// The outputs of a network for some observations.
public struct PolicyOutput {
  /// What to do.
  public let policy: AnyActionDistribution
  /// The return that is expected, `[rows]`.
  public let value: Variable
  /// What the network remembers after the last step, `[n, S]`; `nil` if it remembers nothing.
  public let memory: Variable?
  /// Further outputs of the network, for auxiliary losses.
  public let extras: [Variable]

  /// Names the outputs.
  public init(
    policy: AnyActionDistribution, value: Variable, memory: Variable? = nil,
    extras: [Variable] = []
  ) {
    self.policy = policy
    self.value = value
    self.memory = memory
    self.extras = extras
  }

  /// Names the outputs, with a distribution of any type.
  public init(
    policy: some ActionDistribution, value: Variable, memory: Variable? = nil,
    extras: [Variable] = []
  ) {
    self.init(
      policy: AnyActionDistribution(policy), value: value, memory: memory, extras: extras)
  }
}

/// A network with a policy and a value: what PPO trains.
///
/// A network is a value that knows the layout of its parameters and how to compute with them; the
/// parameters themselves are a flat vector. For a custom network, conform to this protocol; one
/// that remembers implements ``memoryCount`` and ``callAsFunction(_:from:on:)`` besides.
public protocol PolicyNetwork: Sendable {
  /// Where the parameters lie.
  var layout: ParameterLayout { get }

  /// How many numbers an observation has that the network takes, D, so that a trainer can refuse an
  /// environment that gives another count; `nil`, by default, if the network does not say.
  var observationCount: Int? { get }

  /// The linear layer whose single output is the value, which a scaled value target changes
  /// together with its scale; `nil` if there is none.
  var valueLayer: LinearLayer? { get }

  /// How many numbers the network remembers of each environment from step to step, S; 0 by default.
  var memoryCount: Int { get }

  /// The random numbers that the policy keeps for several steps; by default there are none.
  var exploration: ExplorationSchedule? { get }

  /// Fills the parameters for the start of training.
  func initialize(_ parameters: Buffer, seed: UInt64)

  /// Evaluates observations `[rows, D]`, remembering nothing.
  ///
  /// An implementation should pass the outputs of its last hidden layers to `Tape.addFeatures`;
  /// balancers that compare gradients take them there.
  func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput

  /// Evaluates sequences of observations `[rows, D]`, for a network that remembers.
  ///
  /// - Parameters:
  ///   - observations: Those of n sequences, step by step.
  ///   - memory: What is remembered before the first step. All is forgotten by setting it to 0.
  ///   - tape: Where to record.
  /// - Returns: Outputs for all rows, and what is remembered after the last step.
  func callAsFunction(
    _ observations: Variable, from memory: SequenceMemory, on tape: Tape
  ) -> PolicyOutput
}

extension PolicyNetwork {
  /// By default the network does not say.
  public var observationCount: Int? { nil }

  /// By default there is none.
  public var valueLayer: LinearLayer? { nil }

  /// By default a network remembers nothing.
  public var memoryCount: Int { 0 }

  /// By default the noise of every step is independent.
  public var exploration: ExplorationSchedule? { nil }

  /// By default earlier steps make no difference.
  public func callAsFunction(
    _ observations: Variable, from memory: SequenceMemory, on tape: Tape
  ) -> PolicyOutput {
    self(observations, on: tape)
  }

  /// Evaluates some rows with all that goes with them.
  public func callAsFunction(_ input: PolicyInput, on tape: Tape) -> PolicyOutput {
    let output =
      input.memory.map { self(input.observations, from: $0, on: tape) }
      ?? self(input.observations, on: tape)
    guard let mask = input.actionMask else { return output }
    return PolicyOutput(
      policy: output.policy.masked(by: mask), value: output.value, memory: output.memory,
      extras: output.extras)
  }
}

/// What a network is given: observations, and what goes with them.
public struct PolicyInput {
  /// What was seen, as the network sees it, `[rows, D]`.
  public let observations: Variable
  /// 1 for each valid choice and 0 for the others, `[rows, M]`; `nil` if all are valid.
  public let actionMask: Variable?
  /// What is remembered, for a network that does.
  public let memory: SequenceMemory?

  /// Names the parts.
  public init(
    observations: Variable, actionMask: Variable? = nil, memory: SequenceMemory? = nil
  ) {
    self.observations = observations
    self.actionMask = actionMask
    self.memory = memory
  }
}
