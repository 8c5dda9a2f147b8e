import Requirements

/// A list of environments that are found by name, as people type names.
///
/// Only letters and digits count, in either case, and the version may be left out: `cartpole`,
/// `cart-pole` and `CartPole-v1` all find `CartPole-v1`, but `CartPole-v0` does not.
///
///     let registry = EnvironmentRegistry([CartPole(), Corridor()])
///     let environment = try registry.environment(named: "cartpole")
public struct EnvironmentRegistry: Sendable {
  /// The environments, in the order in which they are listed to people.
  public let environments: [any BatchableEnvironment]

  /// Lists environments.
  ///
  /// - Precondition: No two have the same name.
  public init(_ environments: [any BatchableEnvironment]) {
    let keys = environments.map { matchingKey(of: $0.name) }
    for (index, key) in keys.enumerated() {
      require(
        !keys[..<index].contains(key),
        "Two environments of a registry have the name \(environments[index].name).")
    }
    self.environments = environments
  }

  /// The names of the environments.
  public var names: [String] { environments.map(\.name) }

  /// The registry with one more environment at its end.
  public func adding(_ environment: any BatchableEnvironment) -> EnvironmentRegistry {
    EnvironmentRegistry(environments + [environment])
  }

  /// Finds an environment by its name.
  ///
  /// - Parameter name: The name, with or without its version; without, the version that is listed
  ///   last is found.
  /// - Returns: The environment.
  /// - Throws: ``UnknownEnvironment``, which lists the names that are near.
  public func environment(named name: String) throws(UnknownEnvironment)
    -> any BatchableEnvironment
  {
    // A name of a file may be of any length; to look at all of it would take minutes.
    if name.utf8.count > 256 {
      throw UnknownEnvironment(name: "\(name.prefix(64))…", knownNames: names)
    }
    let key = matchingKey(of: name)
    let match =
      environments.last { matchingKey(of: $0.name) == key }
      ?? environments.last { matchingKey(of: unversioned($0.name)) == key }
    guard let match else { throw UnknownEnvironment(name: name, knownNames: names) }
    return match
  }
}

/// The error of asking for an environment that is not there.
public struct UnknownEnvironment: Error, Hashable, CustomStringConvertible {
  /// The name that was asked for.
  public let name: String
  /// All names that there are.
  public let knownNames: [String]

  /// The known names that resemble the one that was asked for, the most similar first.
  public var nearNames: [String] {
    let key = matchingKey(of: name)
    let candidates = knownNames.map { known in
      let full = matchingKey(of: known)
      let short = matchingKey(of: unversioned(known))
      let isPart = key.count > 2 && (short.contains(key) || key.contains(short))
      let distance = min(editDistance(key, full), editDistance(key, short))
      return (name: known, distance: isPart ? min(distance, 1) : distance)
    }
    // One wrong letter in three is still a slip of the finger; more is another word.
    return
      candidates
      .filter { $0.distance <= max(1, key.count / 3) }
      .sorted { $0.distance < $1.distance }
      .map(\.name)
  }

  /// A sentence that says what was asked for and what there is.
  public var description: String {
    let near = nearNames
    let advice =
      near.isEmpty
      ? "the known ones are \(knownNames.joined(separator: ", "))."
      : "did you mean \(near.joined(separator: " or "))?"
    return "There is no environment named '\(name)'; \(advice)"
  }
}
