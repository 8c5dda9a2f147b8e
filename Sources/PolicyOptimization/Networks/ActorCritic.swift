import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// The usual network of PPO: hidden layers, shared or not, with a policy and a value on top.
///
/// With separate networks the parameters are named `policy.0` … for the policy's layers, the head
/// last, and `value.0` …; with a shared trunk `trunk.0` …, `policy` and `value`. A policy over real
/// numbers has the parameter `log_std` besides.
public struct ActorCritic: PolicyNetwork {
  /// Where the parameters lie.
  public let layout: ParameterLayout

  private let policyTrunk: MultilayerPerceptron
  private let valueTrunk: MultilayerPerceptron
  private let policyHead: LinearLayer
  private let valueHead: LinearLayer
  private let logStandardDeviation: ParameterSlice?
  private let isShared: Bool

  /// Lays out a network.
  ///
  /// - Parameters:
  ///   - observationCount: The number of inputs, D.
  ///   - actionSpace: What the policy chooses from.
  ///   - hiddenSizes: The sizes of the hidden layers.
  ///   - activation: What follows each hidden layer.
  ///   - sharesTrunk: Whether policy and value have the hidden layers in common.
  /// - Throws: ``UnsupportedActionSpace`` for a space that no policy here can choose from.
  public init(
    observationCount: Int, actionSpace: ActionSpace, hiddenSizes: [Int] = [64, 64],
    activation: Activation = .tanh, sharesTrunk: Bool = false
  ) throws(UnsupportedActionSpace) {
    let (outputs, isContinuous) = try Self.policyOutputs(for: actionSpace)
    var layout = ParameterLayout()
    func trunk(_ name: String) -> MultilayerPerceptron {
      MultilayerPerceptron(
        name, inputs: observationCount, sizes: hiddenSizes, activation: activation, in: &layout)
    }
    func head(_ name: String, _ count: Int, on trunk: MultilayerPerceptron) -> LinearLayer {
      LinearLayer(name, inputs: trunk.outputCount, outputs: count, in: &layout)
    }
    if sharesTrunk {
      policyTrunk = trunk("trunk")
      valueTrunk = policyTrunk
      policyHead = head("policy", outputs, on: policyTrunk)
      valueHead = head("value", 1, on: valueTrunk)
    } else {
      policyTrunk = trunk("policy")
      policyHead = head("policy.\(hiddenSizes.count)", outputs, on: policyTrunk)
      valueTrunk = trunk("value")
      valueHead = head("value.\(hiddenSizes.count)", 1, on: valueTrunk)
    }
    logStandardDeviation = isContinuous ? layout.add("log_std", Shape(outputs)) : nil
    self.isShared = sharesTrunk
    self.layout = layout
  }

  private static func policyOutputs(
    for space: ActionSpace
  ) throws(UnsupportedActionSpace) -> (count: Int, isContinuous: Bool) {
    switch space {
    case .discrete(let count): (count, false)
    case .box(let box): (box.count, true)
    case .multiDiscrete: throw UnsupportedActionSpace(space: space)
    }
  }

  /// The value's head.
  public var valueLayer: LinearLayer? { valueHead }

  /// Orthogonal weights with gain √2 in hidden layers, 0.01 in the policy's head and 1 in the
  /// value's; zero biases; deviations of 1.
  public func initialize(_ parameters: Buffer, seed: UInt64) {
    var generator = RandomStream(seed: seed, purpose: .initialization, index: 0)
    policyTrunk.initialize(parameters, using: &generator)
    policyHead.initialize(parameters, gain: 0.01, using: &generator)
    if !isShared { valueTrunk.initialize(parameters, using: &generator) }
    valueHead.initialize(parameters, gain: 1, using: &generator)
    for index in logStandardDeviation?.range ?? 0..<0 { parameters[index] = 0 }
  }

  /// Evaluates observations `[rows, D]`.
  public func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
    let policyFeatures = policyTrunk(observations, on: tape)
    let valueFeatures = isShared ? policyFeatures : valueTrunk(observations, on: tape)
    tape.addFeatures(policyFeatures)
    if !isShared { tape.addFeatures(valueFeatures) }
    let outputs = policyHead(policyFeatures, on: tape)
    let value = valueHead(valueFeatures, on: tape)
    return PolicyOutput(
      policy: distribution(outputs, on: tape),
      value: reshape(value, Shape(observations.shape[0])))
  }

  private func distribution(_ outputs: Variable, on tape: Tape) -> ActionDistribution {
    if let logStandardDeviation {
      .gaussian(
        DiagonalGaussian(
          mean: outputs, logStandardDeviation: tape.parameter(logStandardDeviation)))
    } else {
      .categorical(Categorical(scores: outputs))
    }
  }
}

/// A space of actions that no policy here can choose from.
public struct UnsupportedActionSpace: Error, CustomStringConvertible {
  /// The space.
  public let space: ActionSpace

  /// What was found and what to use.
  public var description: String {
    "There is no policy for the action space \(space); use a discrete space or a box."
  }
}
