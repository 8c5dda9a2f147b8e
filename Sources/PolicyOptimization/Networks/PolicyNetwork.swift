import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// What a network says about some observations.
public struct PolicyOutput {
  /// What to do.
  public let policy: ActionDistribution
  /// The return that is expected, `[rows]`.
  public let value: Variable
  /// What else the network says, for losses of one's own.
  public let extras: [Variable]

  /// Names the outputs.
  public init(policy: ActionDistribution, value: Variable, extras: [Variable] = []) {
    self.policy = policy
    self.value = value
    self.extras = extras
  }
}

/// A network with a policy and a value: what PPO trains.
///
/// A network is a value that knows the layout of its parameters and how to compute with them; the
/// parameters themselves are a flat vector. For a network of one's own, conform to this protocol.
public protocol PolicyNetwork: Sendable {
  /// Where the parameters lie.
  var layout: ParameterLayout { get }

  /// The linear layer whose single output is the value, which a scaled value target changes
  /// together with its scale; `nil` if there is none.
  var valueLayer: LinearLayer? { get }

  /// Fills the parameters for the start of training.
  func initialize(_ parameters: Buffer, seed: UInt64)

  /// Evaluates observations `[rows, D]`.
  ///
  /// An implementation should tell `Tape.addFeatures` the outputs of its last hidden layers;
  /// balancers that compare gradients take them there.
  func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput
}

extension PolicyNetwork {
  /// By default none.
  public var valueLayer: LinearLayer? { nil }
}
