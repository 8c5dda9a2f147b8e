import EnvironmentKit
import Foundation
import StoredFiles
import TensorCore

/// Everything that is stored of a run, in one safetensors file.
///
/// The network's parameters under their own names, `optimizer.…` for what the optimiser remembers,
/// `memory` for what a recurrent network remembers of each environment, and `environments` for where
/// those stand, as JSON; as text the environment's name, spaces and fingerprint, the seed, counters,
/// hyperparameters, normalisers, the balancer and the last episodes. The same run gives the same
/// bytes: the file knows no clock and no thread.
///
/// A checksum detects corruption. To edit a file on purpose, delete the entry `checksum` of its
/// metadata.
public struct Checkpoint: Sendable {
  /// The version of what is stored. Version 1 held the policy only, which can still be read.
  public static let formatVersion = "2"

  /// The name of the environment.
  public let environment: String
  /// The seed of the run.
  public let seed: UInt64
  /// How many steps all environments together had taken.
  public let timestep: Int
  /// The hyperparameters of the run.
  public let hyperparameters: Hyperparameters

  /// What the environment of the run was asked for besides its name.
  public var environmentOptions: EnvironmentOptions {
    StoredText.value(EnvironmentOptions.self, file.metadata[StoredEnvironment.optionsKey])
      ?? EnvironmentOptions()
  }

  let file: Safetensors

  init(
    environment: String, seed: UInt64, timestep: Int, hyperparameters: Hyperparameters,
    file: Safetensors
  ) {
    self.environment = environment
    self.seed = seed
    self.timestep = timestep
    self.hyperparameters = hyperparameters
    self.file = file
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``CheckpointError`` with the file's name and what is wrong with it.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try fileContents(of: url)
    } catch {
      throw CheckpointError(
        description: """
          There is no readable checkpoint at \(url.path) (\(error)); give the folder of a run, such as \
          runs/NAME.
          """)
    }
    do {
      try self.init(data)
    } catch {
      throw CheckpointError(description: "\(url.path) is not a usable checkpoint. \(error)")
    }
  }

  /// Reads a checkpoint from the bytes of its file.
  ///
  /// - Throws: What is wrong with them, in a sentence.
  public init(_ data: Data) throws {
    file = try Safetensors(data)
    let metadata = file.metadata
    guard metadata["format"] == "swift-ppo" else {
      throw CheckpointError(description: "It was not written by swift-ppo.")
    }
    guard let version = metadata["version"], ["1", Self.formatVersion].contains(version) else {
      throw CheckpointError(
        description: """
          It is of format version \(metadata["version"] ?? "unknown"); this program reads versions \
          1 and \(Self.formatVersion).
          """)
    }
    try file.verifyChecksum()
    guard let environment = metadata["environment"], let seed = UInt64(metadata["seed"] ?? ""),
      let timestep = Int(metadata["timestep"] ?? ""),
      let hyperparameters = StoredText.value(Hyperparameters.self, metadata["hyperparameters"])
    else {
      throw CheckpointError(
        description: "It lacks the environment, the seed or the hyperparameters.")
    }
    try hyperparameters.validate()
    self.environment = environment
    self.seed = seed
    self.timestep = timestep
    self.hyperparameters = hyperparameters
  }

  /// The bytes of its file.
  public var data: Data { file.data }

  /// Writes the checkpoint so that the file is, at any moment, the old one or the new one, whole.
  ///
  /// - Throws: `WritingError` if it cannot be written; what was there is then unchanged.
  public func write(to url: URL) throws {
    try writeDurably(data, to: url)
  }

  /// The policy that was trained.
  ///
  /// - Parameters:
  ///   - environment: The environment that it was trained in.
  ///   - network: The network that it was trained with, or `nil` for the one that the
  ///     hyperparameters describe.
  /// - Returns: The network with its parameters and normaliser.
  /// - Throws: ``CheckpointError`` if the spaces or the fingerprint of the environment are not those of
  ///   the run, or the parameters do not fit the network.
  public func policy(
    for environment: any BatchableEnvironment, network: (any PolicyNetwork)? = nil
  ) throws -> TrainedPolicy {
    try check(environment)
    let network = try network ?? hyperparameters.makeNetwork(for: environment)
    return TrainedPolicy(
      network: network, parameters: Buffer(try parameters(of: network.layout)),
      normalizer: try observationNormalizer(for: environment), valueScaling: try valueScaling,
      rewardUnit: try rewardUnit)
  }

  /// The parameters of a network, shape `[P]`.
  func parameters(of layout: ParameterLayout) throws -> [Float] {
    // Nothing is allocated before the file is known to hold as much.
    let numbers = try layout.slices.map { slice in
      guard let array = file.arrays[slice.name], array.shape == slice.shape.list,
        let numbers = array.floats
      else {
        let found = file.arrays[slice.name].map { "\($0.type.rawValue) \($0.shape)" } ?? "nothing"
        throw CheckpointError(
          description: """
            The run was made with another network: the checkpoint holds \(found) as \(slice.name), \
            and this network needs F32 \(slice.shape). Give the network that was trained as the \
            argument 'network'.
            """)
      }
      guard numbers.allSatisfy(\.isFinite) else {
        throw CheckpointError(
          description: "The checkpoint holds numbers in \(slice.name) that are not finite.")
      }
      return numbers
    }
    return Array(numbers.joined())
  }

  /// The scale of the value, if the run has one.
  var valueScaling: ValueScaling? {
    get throws(CheckpointError) {
      guard hyperparameters.valueTarget != .raw else { return nil }
      let scaling = StoredText.value(ValueScaling.self, file.metadata["value_scaling"])
      if let scaling, scaling.isUsable, scaling.target == hyperparameters.valueTarget,
        scaling.decay == hyperparameters.valueTargetDecay
      {
        return scaling
      }
      throw CheckpointError(
        description: "The checkpoint lacks the scale of its value, which its network needs.")
    }
  }

  /// The reward of the environment that a reward of 1 in training stands for; `nil` for a checkpoint
  /// of format version 1, which does not hold the deviation of the returns.
  private var rewardUnit: Double? {
    get throws(CheckpointError) {
      guard hyperparameters.normalizesReturns else { return hyperparameters.rewardUnit(nil) }
      if file.metadata["version"] == "1" { return nil }
      if let normalizer = StoredText.value(
        ReturnNormalizer.self, file.metadata["return_normalizer"]),
        normalizer.isUsable(
          for: hyperparameters.environmentCount, discount: hyperparameters.discount)
      {
        return hyperparameters.rewardUnit(normalizer)
      }
      throw CheckpointError(
        description: """
          The checkpoint lacks the deviation of its returns, which tells what its values mean.
          """)
    }
  }

  /// The normaliser of the observations, if the run has one.
  func observationNormalizer(
    for environment: any BatchableEnvironment
  ) throws(CheckpointError) -> ObservationNormalizer? {
    // Images are not normalised, so that where there is nothing else there is no normaliser.
    guard hyperparameters.normalizesObservations,
      ObservationNormalizer(of: environment.observationLayout) != nil
    else { return nil }
    let count = environment.observationSpace.count
    if let normalizer = StoredText.value(
      ObservationNormalizer.self, file.metadata["observation_normalizer"]),
      normalizer.isUsable(for: count)
    {
      return normalizer
    }
    throw CheckpointError(
      description: """
        The checkpoint lacks an observation normaliser of \(count) components, which its policy \
        needs.
        """)
  }
}

/// What is wrong with a checkpoint, in a sentence.
public struct CheckpointError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}
