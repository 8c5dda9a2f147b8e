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
  /// Where names with a prefix, such as `gym:`, are looked up.
  public private(set) var sources: [any EnvironmentSource] = []

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
    var registry = EnvironmentRegistry(environments + [environment])
    registry.sources = sources
    return registry
  }

  /// The registry with one more source of environments.
  ///
  /// - Precondition: No source has the same scheme.
  public func adding(_ source: any EnvironmentSource) -> EnvironmentRegistry {
    require(
      !sources.contains { $0.scheme == source.scheme },
      "Two sources of environments have the scheme '\(source.scheme)'.")
    var registry = self
    registry.sources.append(source)
    return registry
  }

  /// Finds an environment by its name, or asks a source for it where the name begins with that
  /// source's scheme and a colon.
  ///
  /// - Parameters:
  ///   - name: The name, as in `cartpole` or `gym:CartPole-v1`.
  ///   - options: What is asked for besides; only sources know any.
  /// - Returns: The environment.
  /// - Throws: ``UnknownEnvironment``, ``UnfittingOptions``, or what a source throws.
  public func environment(
    named name: String, options: EnvironmentOptions
  ) throws -> any BatchableEnvironment {
    if let source = source(of: name) {
      return try source.environment(
        named: String(name.dropFirst(source.scheme.count + 1)), options: options)
    }
    let environment = try environment(named: name)
    if let option = options.firstName {
      throw UnfittingOptions(description: "\(environment.name) has no option '\(option)'.")
    }
    return environment
  }

  /// The source that a name belongs to.
  public func source(of name: String) -> (any EnvironmentSource)? {
    sources.first { name.hasPrefix("\($0.scheme):") }
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
  /// Where all names are listed, as the end of a sentence; `nil` where they are few.
  public let listing: String?

  /// Describes the request that failed.
  public init(name: String, knownNames: [String], listing: String? = nil) {
    self.name = name
    self.knownNames = knownNames
    self.listing = listing
  }

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
      ? listing ?? "the known ones are \(knownNames.joined(separator: ", "))."
      : "did you mean \(near.prefix(5).joined(separator: " or "))?"
    return "There is no environment named '\(name)'; \(advice)"
  }
}
