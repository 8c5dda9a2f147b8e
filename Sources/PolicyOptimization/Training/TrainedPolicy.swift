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

  /// Puts a policy together.
  public init(
    network: any PolicyNetwork, parameters: Buffer, normalizer: ObservationNormalizer?,
    valueScaling: ValueScaling? = nil
  ) {
    self.network = network
    self.parameters = parameters
    self.normalizer = normalizer
    self.valueScaling = valueScaling
  }
}
