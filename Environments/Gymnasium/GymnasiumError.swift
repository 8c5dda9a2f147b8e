import EnvironmentKit

/// What went wrong between this process and a Python process that steps environments.
public struct GymnasiumError: Error, Hashable, CustomStringConvertible, DetailedError {
  /// What was found, what was expected and what to do, as a sentence.
  public let description: String
  /// Python's traceback, if an environment raised an exception.
  public let details: String?

  init(_ description: String, details: String? = nil) {
    self.description = description
    self.details = details
  }
}
