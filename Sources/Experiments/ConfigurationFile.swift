import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles

/// A file with settings of a training: JSON, optionally with comments, each value under the name of its
/// command-line option. What it does not name is as the preset has it.
///
/// ```json
/// {
///   // A run that is to be repeated.
///   "env": "CartPole-v1",
///   "seed": 3,
///   "learning-rate": 0.0005
/// }
/// ```
///
/// The `config.json` of a run is such a file.
public struct ConfigurationFile: Sendable {
  /// The name of the environment, if the file names one.
  public let environment: String?
  /// The seed, if the file gives one.
  public let seed: UInt64?
  /// The name of the preset that the file builds on, if it names one.
  public let preset: String?
  /// The type of the network of a run that has one of its own.
  public let network: String?
  /// What the environment is asked for besides its name.
  public let environmentOptions: EnvironmentOptions
  /// The versions of what computed the environment outside of the program.
  public let versions: [String: String]

  private let url: URL
  private let content: Data

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - isRegular: Whether pipes are refused, as in a run's folder; a user may well name one.
  /// - Throws: ``ConfigurationError`` if it cannot be read, is no JSON object, or has a key that is
  ///   not known.
  public init(contentsOf url: URL, isRegular: Bool = false) throws {
    let content: Data
    do {
      content = try fileContents(
        of: url, atMost: RunConfiguration.largestFile, isRegular: isRegular)
    } catch {
      throw ConfigurationError(
        description: "There is no readable configuration at \(url.relativePath) (\(error)).")
    }
    try self.init(content, from: url)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - content: The bytes.
  ///   - url: Where they come from, for messages.
  /// - Throws: ``ConfigurationError``.
  public init(_ content: Data, from url: URL) throws {
    self.url = url
    guard String(validating: content, as: UTF8.self) != nil else {
      throw ConfigurationError(
        description: "\(url.relativePath) is not a text file in UTF-8.")
    }
    self.content = withoutComments(content)
    let found = try Self.decode(KeyList.self, from: self.content, of: url).keys
    for key in found.sorted() where !Self.keys.contains(key) {
      throw ConfigurationError(
        description: """
          \(url.relativePath) has the key "\(key)", which is not known; \(Self.hint(for: key)).
          """)
    }
    guard Self.hasEachKeyOnce(self.content) else {
      throw ConfigurationError(
        description: "\(url.relativePath) gives a key twice; give each once.")
    }
    let named = try Self.decode(Names.self, from: self.content, of: url)
    (environment, seed, preset) = (named.env, named.seed, named.preset)
    network = named.network
    environmentOptions = named.environmentOptions ?? EnvironmentOptions()
    versions = named.versions ?? [:]
  }

  /// Hyperparameters with those of the file in their place.
  ///
  /// - Throws: ``ConfigurationError`` if a value is of another type.
  public func applied(to preset: Hyperparameters) throws -> Hyperparameters {
    try Self.decode(Hyperparameters.self, from: content, of: url, basedOn: preset)
  }

  private static let keys =
    ["env", "seed", "preset", "network", "env-options", "versions"] + Hyperparameters.names

  /// Whether no object of a text gives a key twice; what cannot be parsed is told of where its values
  /// are read.
  private static func hasEachKeyOnce(_ content: Data) -> Bool {
    guard let parsed = try? JSONSerialization.jsonObject(with: content) else { return true }
    return allKeys(of: parsed) == keyCount(inJSON: content)
  }

  /// How many keys there are in all objects of a value.
  private static func allKeys(of value: Any) -> Int {
    switch value {
    case let object as [String: Any]:
      object.count + object.values.reduce(0) { $0 + allKeys(of: $1) }
    case let list as [Any]: list.reduce(0) { $0 + allKeys(of: $1) }
    default: 0
    }
  }

  private static func hint(for name: String) -> String {
    if let description = Hyperparameters.description(knownElsewhereAs: name) {
      return "here it is called \"\(description.name)\""
    }
    let nearest = keys.min { editDistance($0, name) < editDistance($1, name) } ?? ""
    return "the nearest that is known is \"\(nearest)\""
  }

  /// The keys of an object, whatever their values.
  private struct KeyList: Decodable {
    let keys: [String]

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      keys = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
  }

  private struct Names: Decodable {
    let env: String?
    let seed: UInt64?
    let preset: String?
    let network: String?
    let environmentOptions: EnvironmentOptions?
    let versions: [String: String]?

    private enum CodingKeys: String, CodingKey {
      case env, seed, preset, network, versions
      case environmentOptions = "env-options"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      env = try container.decodeIfPresent(String.self, forKey: .env)
      preset = try container.decodeIfPresent(String.self, forKey: .preset)
      network = try container.decodeIfPresent(String.self, forKey: .network)
      environmentOptions = try container.decodeIfPresent(
        EnvironmentOptions.self, forKey: .environmentOptions)
      versions = try container.decodeIfPresent([String: String].self, forKey: .versions)
      do {
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed)
      } catch {
        // What Foundation says of a negative number is that this is not JSON.
        throw DecodingError.typeMismatch(
          UInt64.self,
          DecodingError.Context(codingPath: [CodingKeys.seed], debugDescription: "\(error)"))
      }
    }
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, from content: Data, of url: URL,
    basedOn preset: Hyperparameters = Hyperparameters()
  ) throws(ConfigurationError) -> Value {
    let decoder = JSONDecoder()
    decoder.userInfo[.baseHyperparameters] = preset
    do {
      return try decoder.decode(type, from: content)
    } catch {
      throw ConfigurationError(
        description: "\(url.relativePath) cannot be used: \(reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return error.localizedDescription }
    switch error {
    case .typeMismatch(let type, let context) where type == HyperparameterValue.self:
      return "\(path(context)) is not \(context.debugDescription)."
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(path(context)) is not \(name(of: type))."
    case .dataCorrupted(let context), .keyNotFound(_, let context):
      let sentence = context.debugDescription
      return "\(path(context)): \(sentence)" + (sentence.hasSuffix(".") ? "" : ".")
    @unknown default:
      return error.localizedDescription
    }
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is UInt64.Type, is UInt64?.Type: "a whole number from 0 to \(UInt64.max)"
    case is String.Type: "a text"
    default: "what is expected there (\(type))"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? "the content" : "\"\(path)\""
  }
}

/// Why a configuration cannot be used, in a sentence.
public struct ConfigurationError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}
