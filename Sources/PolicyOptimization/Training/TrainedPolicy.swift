import EnvironmentKit
import TensorCore

/// A policy with everything that it needs to act: network, parameters, normaliser.
public struct TrainedPolicy: Sendable {
  /// The network.
  public let network: any PolicyNetwork
  /// Its parameters; not to be changed.
  public let parameters: Buffer
  /// What observations pass through before the network sees them.
  public let normalizer: ObservationNormalizer?
  /// What turns the network's value into a return, where it does not predict returns as they are.
  public let valueScaling: ValueScaling?
  /// The reward of the environment that a reward of 1 in training stands for: σ / c where rewards were
  /// multiplied by c and divided by the deviation σ of the returns; `nil` if that is not known.
  public let rewardUnit: Double?

  /// Puts a policy together.
  public init(
    network: any PolicyNetwork, parameters: Buffer, normalizer: ObservationNormalizer?,
    valueScaling: ValueScaling? = nil, rewardUnit: Double? = 1
  ) {
    self.network = network
    self.parameters = parameters
    self.normalizer = normalizer
    self.valueScaling = valueScaling
    self.rewardUnit = rewardUnit
  }
  /// The discounted return, in the environment's rewards, that an output of the network stands for;
  /// `nil` if the unit of the rewards in training is not known.
  ///
  /// The network learns from rewards that a trainer may scale, normalise and clip, and from targets
  /// in a scale of their own; both are undone, except for the clipping.
  func expectedReturn(_ output: Float) -> Double? {
    let value = valueScaling?.unscaled(Double(output)) ?? Double(output)
    return rewardUnit.map { value * $0 }
  }

  /// Throws a sentence if the policy does not fit the spaces of an environment.
  ///
  /// - Parameter environment: Where the policy is to act.
  /// - Throws: ``NetworkMismatch`` that names what does not fit.
  func checkFit(to environment: any BatchableEnvironment) throws(NetworkMismatch) {
    try network.checkFit(to: environment, parameters: parameters)
    let count = environment.observationSpace.count
    guard normalizer?.isUsable(for: count) ?? true else {
      throw NetworkMismatch(
        description: """
          The policy's observation normaliser is not one of \(count) components, which \
          \(environment.name) observes. Give the normaliser that it was trained with.
          """)
    }
  }
}
