/// Makes environments by names that are not known beforehand, such as all those of another toolkit.
public protocol EnvironmentSource: Sendable {
  /// What names begin with, before a colon: `gym`.
  var scheme: String { get }

  /// Makes an environment.
  ///
  /// - Parameters:
  ///   - name: The name, without scheme and colon.
  ///   - options: What is asked for besides.
  /// - Returns: The environment, whose own name begins with the scheme.
  /// - Throws: An error whose description is a sentence.
  func environment(
    named name: String, options: EnvironmentOptions
  ) throws -> any BatchableEnvironment

  /// The names that are known, with the scheme.
  ///
  /// - Throws: An error whose description is a sentence.
  func names(options: EnvironmentOptions) throws -> [String]
}

/// What an environment is asked for besides its name.
///
/// A run stores it, so that the same environment is made again.
public struct EnvironmentOptions: Sendable, Codable, Hashable {
  /// What is handed to the environment, as it was typed.
  public var arguments: [String: String]
  /// How it is made and stepped, by the names of its source, such as `python` or `time-limit`.
  public var settings: [String: String]
  /// How many threads will step it, or `nil` where that is not known; not stored.
  public var threads: Int?

  /// Asks for something.
  public init(
    arguments: [String: String] = [:], settings: [String: String] = [:], threads: Int? = nil
  ) {
    self.arguments = arguments
    self.settings = settings
    self.threads = threads
  }

  private enum CodingKeys: String, CodingKey {
    case arguments
    case settings
  }

  /// Whether nothing is asked for.
  public var isEmpty: Bool { arguments.isEmpty && settings.isEmpty }

  /// The first thing that is asked for, in the order of the alphabet.
  var firstName: String? { arguments.keys.min() ?? settings.keys.min() }

  /// These options with others that replace those of the same names.
  public func merging(_ others: EnvironmentOptions) -> EnvironmentOptions {
    EnvironmentOptions(
      arguments: arguments.merging(others.arguments) { $1 },
      settings: settings.merging(others.settings) { $1 }, threads: others.threads ?? threads)
  }
}

/// The error of asking an environment for what it does not know.
public struct UnfittingOptions: Error, Hashable, CustomStringConvertible {
  /// What was asked for, and what can be.
  public let description: String

  /// Describes the request that failed.
  public init(description: String) { self.description = description }
}
