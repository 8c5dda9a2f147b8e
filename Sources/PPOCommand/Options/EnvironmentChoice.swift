import ArgumentParser
import EnvironmentKit
import Foundation

/// Options of an environment of another toolkit, besides its name.
struct EnvironmentChoice: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Argument of a gym: environment; may be repeated. Numbers, true, false and JSON are understood.",
      valueName: "key=value"))
  var envOption: [String] = []
  @Option(help: "Python for gym: environments. (default: the active virtual environment, python3)")
  var python: String?
  @Option(
    parsing: .unconditional,
    help: "Steps after which an episode of a gym: environment is truncated.",
    transform: count)
  var timeLimit: Int?
  @Option(
    parsing: .unconditional,
    help:
      "Seconds after which a gym: environment that does not answer is stopped. (default: never)",
    transform: number)
  var stepTimeout: Double?
  @Flag(help: "Mask the choices that a gym: environment calls invalid.") var actionMasks = false
  @Option(
    help: ArgumentHelp(
      "Preprocessing of a gym: environment: atari for grey, 84 × 84, skip 4 and stack 4.",
      valueName: "name"))
  var preprocessing: String?
  @Flag(help: "Turn images of a gym: environment that come plane by plane.") var planesFirst = false
  @Flag(
    inversion: .prefixedNo,
    help: "Seed every episode of a gym: environment. (default: yes, except for ALE)")
  var reseedEpisodes: Bool?

  /// The options as sources of environments know them.
  ///
  /// - Throws: If one cannot be read.
  func options(threads: Int? = nil) throws -> EnvironmentOptions {
    var options = EnvironmentOptions(threads: threads)
    for word in envOption {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw usage("--env-option is '\(word)'; it must be key=value, as in gravity=-5.")
      }
      options.arguments[String(parts[0])] = String(parts[1])
    }
    options.settings["python"] = python
    options.settings["time-limit"] = timeLimit.map { "\($0)" }
    options.settings["step-timeout"] = stepTimeout.map { "\($0)" }
    options.settings["action-masks"] = actionMasks ? "true" : nil
    options.settings["preprocessing"] = preprocessing
    options.settings["planes-first"] = planesFirst ? "true" : nil
    options.settings["reseed-episodes"] = reseedEpisodes.map { "\($0)" }
    return options
  }

  /// Finds an environment.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - stored: What it was asked for when it was stored; what is asked for now goes first.
  ///   - threads: How many threads step it.
  /// - Returns: The environment.
  /// - Throws: If there is none, or what is asked for is not known.
  func environment(
    named name: String, stored: EnvironmentOptions = EnvironmentOptions(), threads: Int? = nil
  ) throws -> any BatchableEnvironment {
    try Program.current.environments.environment(
      named: name, options: stored.merging(options(threads: threads)))
  }
}

/// A name as a part of a path: colons and slashes mean something there.
func fileName(_ name: String) -> String {
  name.replacing(":", with: "-").replacing("/", with: "-")
}

/// Warns if an environment is computed by other versions now than before.
func tellOtherVersions(
  of environment: any BatchableEnvironment, than before: [String: String]
) {
  let changes = environment.versions.sorted { $0.key < $1.key }.compactMap { name, version in
    before[name].flatMap { $0 == version ? nil : "\(name) \(version) instead of \($0)" }
  }
  if changes.isEmpty { return }
  tell(
    "\(environment.name) is computed by \(changes.joined(separator: ", ")); its episodes may differ."
  )
}
