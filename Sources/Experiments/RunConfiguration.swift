import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles

/// What `config.json` holds: everything needed to repeat a run, each under the name of its option.
public struct RunConfiguration: Codable, Sendable, Hashable {
  /// The name of the environment.
  public var environment: String
  /// The seed.
  public var seed: UInt64
  /// The name of the preset that the hyperparameters were taken from, where there is one: it tells
  /// people, as every value is there by itself.
  public var preset: String?
  /// The type of a network that the hyperparameters do not describe, where the run has one: the file
  /// alone does not repeat it.
  public var network: String?
  /// The hyperparameters.
  public var hyperparameters: Hyperparameters
  /// What the environment was asked for besides its name.
  public var environmentOptions: EnvironmentOptions
  /// The versions of what computes the environment outside of the program.
  public var versions: [String: String]

  /// Puts a configuration together.
  public init(
    environment: String, seed: UInt64, preset: String? = nil, network: String? = nil,
    hyperparameters: Hyperparameters,
    environmentOptions: EnvironmentOptions = EnvironmentOptions(), versions: [String: String] = [:]
  ) {
    self.environment = environment
    self.seed = seed
    self.preset = preset
    self.network = network
    self.hyperparameters = hyperparameters
    // On how many threads it is stepped changes nothing.
    self.environmentOptions = environmentOptions
    self.environmentOptions.threads = nil
    self.versions = versions
  }

  private enum CodingKeys: String, CodingKey {
    case environment = "env"
    case seed
    case preset
    case network
    case environmentOptions = "env-options"
    case versions
  }

  /// Reads a configuration.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    environment = try container.decode(String.self, forKey: .environment)
    seed = try container.decode(UInt64.self, forKey: .seed)
    preset = try container.decodeIfPresent(String.self, forKey: .preset)
    network = try container.decodeIfPresent(String.self, forKey: .network)
    environmentOptions =
      try container.decodeIfPresent(EnvironmentOptions.self, forKey: .environmentOptions)
      ?? EnvironmentOptions()
    versions = try container.decodeIfPresent([String: String].self, forKey: .versions) ?? [:]
    hyperparameters = try Hyperparameters(from: decoder)
  }

  /// Writes all keys side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(environment, forKey: .environment)
    try container.encode(seed, forKey: .seed)
    try container.encodeIfPresent(preset, forKey: .preset)
    try container.encodeIfPresent(network, forKey: .network)
    if !environmentOptions.isEmpty {
      try container.encode(environmentOptions, forKey: .environmentOptions)
    }
    if !versions.isEmpty { try container.encode(versions, forKey: .versions) }
    try hyperparameters.encode(to: encoder)
  }

  /// Reads `config.json`.
  ///
  /// - Throws: ``ConfigurationError`` if there is none, or something in it cannot be used.
  public init(contentsOf url: URL) throws {
    let file = try ConfigurationFile(contentsOf: url, isRegular: true)
    guard let environment = file.environment, let seed = file.seed else {
      throw ConfigurationError(
        description: "\(url.relativePath) names no environment or no seed; a run needs both.")
    }
    self.init(
      environment: environment, seed: seed, preset: file.preset, network: file.network,
      hyperparameters: try file.applied(to: Hyperparameters()),
      environmentOptions: file.environmentOptions, versions: file.versions)
  }

  /// Writes `config.json`.
  public func write(to url: URL) throws { try writeDurably(prettyJSON(self), to: url) }

  /// Writes `config.json` of a run that is locked.
  public func write(to folder: RunFolder, _ lock: RunLock) throws {
    try lock.write(prettyJSON(self), to: folder.configuration)
  }

  /// How many bytes a configuration may have at most, its comments included: such a file is written
  /// by people.
  static let largestFile = 1 << 20
}

/// A value as JSON for people: indented, keys in alphabetical order.
func prettyJSON(_ value: some Encodable) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return try encoder.encode(value) + Data("\n".utf8)
}
