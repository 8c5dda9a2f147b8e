import EnvironmentKit
import Foundation
import NeuralNetworks
import TensorCore

/// Everything that is stored of a run, in one safetensors file.
///
/// The network's parameters under their own names and `optimizer.…` for what the optimiser remembers
/// as arrays; environment, seed, counters, hyperparameters and the observation normaliser as text. The same run gives the same bytes: the file knows no clock and no thread.
public struct Checkpoint: Sendable {
  /// The version of what is stored; a file of another version is refused by name.
  public static let formatVersion = "1"

  /// The name of the environment.
  public let environment: String
  /// The seed of the run.
  public let seed: UInt64
  /// How many steps all environments together had taken.
  public let timestep: Int
  /// The hyperparameters of the run.
  public let hyperparameters: Hyperparameters

  private let file: Safetensors

  init(
    environment: String, seed: UInt64, timestep: Int, hyperparameters: Hyperparameters,
    layout: ParameterLayout, parameters: Buffer, observationNormalizer: ObservationNormalizer?,
    optimizer: any Optimizer
  ) {
    self.environment = environment
    self.seed = seed
    self.timestep = timestep
    self.hyperparameters = hyperparameters
    var file = Safetensors()
    let numbers = parameters.array
    for slice in layout.slices {
      file.arrays[slice.name] = .init(Array(numbers[slice.range]), shape: slice.shape.list)
    }
    for (name, buffer) in optimizer.memory {
      file.arrays["optimizer.\(name)"] = .init(buffer.array, shape: [buffer.count])
    }
    for (name, value) in optimizer.counters {
      file.arrays["optimizer.\(name)"] = .init([value], shape: [1])
    }
    file.metadata = [
      "format": "swift-ppo", "version": Self.formatVersion, "environment": environment,
      "seed": String(seed), "timestep": String(timestep),
      "hyperparameters": Self.text(hyperparameters),
    ]
    if let observationNormalizer {
      file.metadata["observation_normalizer"] = Self.text(observationNormalizer)
    }
    self.file = file
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``CheckpointError`` with the file's name and what is wrong with it.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CheckpointError(
        description: """
          There is no readable checkpoint at \(url.path); give the folder of a run, such as \
          runs/NAME.
          """)
    }
    do {
      file = try Safetensors(data)
    } catch {
      throw CheckpointError(description: "\(url.path) is not a usable checkpoint. \(error)")
    }
    let metadata = file.metadata
    guard metadata["format"] == "swift-ppo" else {
      throw CheckpointError(description: "\(url.path) was not written by swift-ppo.")
    }
    guard metadata["version"] == Self.formatVersion else {
      throw CheckpointError(
        description: """
          \(url.path) is of format version \(metadata["version"] ?? "unknown"); this program reads \
          version \(Self.formatVersion).
          """)
    }
    guard let environment = metadata["environment"], let seed = UInt64(metadata["seed"] ?? ""),
      let timestep = Int(metadata["timestep"] ?? ""),
      let hyperparameters = Self.value(Hyperparameters.self, metadata["hyperparameters"])
    else {
      throw CheckpointError(
        description: "\(url.path) lacks the environment, the seed or the hyperparameters.")
    }
    do {
      try hyperparameters.validate()
    } catch {
      throw CheckpointError(description: "\(url.path) cannot be used. \(error)")
    }
    self.environment = environment
    self.seed = seed
    self.timestep = timestep
    self.hyperparameters = hyperparameters
  }

  /// Writes the checkpoint so that the file is, at any moment, the old one or the new one, whole.
  public func write(to url: URL) throws {
    try writeDurably(file.data, to: url)
  }

  /// The policy that was trained.
  ///
  /// - Parameters:
  ///   - environment: The environment that it was trained in.
  ///   - network: The network that it was trained with, or `nil` for the one that the
  ///     hyperparameters describe.
  /// - Returns: The network with its parameters and normaliser.
  /// - Throws: ``CheckpointError`` if the parameters do not fit the network.
  public func policy(
    for environment: some Environment, network: (any PolicyNetwork)? = nil
  ) throws -> TrainedPolicy {
    let network = try network ?? hyperparameters.makeNetwork(for: environment)
    let parameters = Buffer(count: network.layout.count)
    for slice in network.layout.slices {
      guard let array = file.arrays[slice.name], array.shape == slice.shape.list,
        let numbers = array.floats
      else {
        let found = file.arrays[slice.name].map { "\($0.type.rawValue) \($0.shape)" } ?? "nothing"
        throw CheckpointError(
          description: """
            The checkpoint holds \(found) as \(slice.name); the network needs F32 \(slice.shape).
            """)
      }
      for (index, number) in zip(slice.range, numbers) { parameters[index] = number }
    }
    let normalizer = Self.value(
      ObservationNormalizer.self, file.metadata["observation_normalizer"])
    let isUsable = normalizer?.isUsable(for: environment.observationSpace.count)
    guard isUsable ?? !hyperparameters.normalizesObservations else {
      throw CheckpointError(
        description: """
          The checkpoint lacks an observation normaliser of \(environment.observationSpace.count) \
          components, which its policy needs.
          """)
    }
    return TrainedPolicy(network: network, parameters: parameters, normalizer: normalizer)
  }

  private static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("A value of type \(type(of: value)) has no JSON form.")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private static func value<Value: Decodable>(_ type: Value.Type, _ text: String?) -> Value? {
    text.flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
  }
}

/// What is wrong with a checkpoint, in a sentence.
public struct CheckpointError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}
