import EnvironmentKit
import Testing

extension EnvironmentRegistry {
  /// An environment of the registry that is a value, whose states can be looked at.
  func value(named name: String) throws -> any Environment {
    try #require(try environment(named: name) as? any Environment)
  }
}
