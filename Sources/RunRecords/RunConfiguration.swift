import Foundation
import PolicyOptimization

/// What `config.json` holds: everything needed to repeat a run, each under the name of its option.
public struct RunConfiguration: Codable, Sendable, Hashable {
  /// The name of the environment.
  public var environment: String
  /// The seed.
  public var seed: UInt64
  /// The hyperparameters.
  public var hyperparameters: Hyperparameters

  /// Puts a configuration together.
  public init(environment: String, seed: UInt64, hyperparameters: Hyperparameters) {
    self.environment = environment
    self.seed = seed
    self.hyperparameters = hyperparameters
  }

  private enum CodingKeys: String, CodingKey {
    case environment = "env"
    case seed
  }

  /// Reads a configuration.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    environment = try container.decode(String.self, forKey: .environment)
    seed = try container.decode(UInt64.self, forKey: .seed)
    hyperparameters = try Hyperparameters(from: decoder)
  }

  /// Writes all keys side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(environment, forKey: .environment)
    try container.encode(seed, forKey: .seed)
    try hyperparameters.encode(to: encoder)
  }

  /// Writes `config.json`.
  public func write(to url: URL) throws { try writeDurably(prettyJSON(self), to: url) }
}

/// A value as JSON for people: indented, keys in alphabetical order.
func prettyJSON(_ value: some Encodable) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return try encoder.encode(value) + Data("\n".utf8)
}
