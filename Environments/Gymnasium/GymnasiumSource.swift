import EnvironmentKit
import Foundation

/// All environments of Gymnasium, by names that begin with `gym:`.
///
///     let registry = EnvironmentRegistry.builtIn.adding(GymnasiumSource())
///     let lander = try registry.environment(named: "gym:LunarLander-v3", options: .init())
///
/// The settings that it knows:
///
/// | name | meaning |
/// |---|---|
/// | `python` | the Python program |
/// | `time-limit` | after how many steps an episode is truncated |
/// | `step-timeout` | how many seconds a step may take |
/// | `action-masks` | `true` to mask the choices that the environment calls invalid |
/// | `preprocessing` | `atari` for the usual preprocessing of Atari games |
/// | `planes-first` | `true` to turn images `[channels, height, width]` |
/// | `reseed-episodes` | `false` to seed only the first episode of each copy |
public struct GymnasiumSource: EnvironmentSource {
  /// `gym`.
  public let scheme = "gym"

  /// Makes the source.
  public init() {}

  /// Makes a ``GymnasiumEnvironment``.
  public func environment(
    named name: String, options: EnvironmentOptions
  ) throws -> any BatchableEnvironment {
    try GymnasiumEnvironment(recipe(of: name, options), options: options)
  }

  /// The ids that are registered with that Python's Gymnasium.
  public func names(options: EnvironmentOptions = EnvironmentOptions()) throws -> [String] {
    let python = try PythonInterpreter(named: options.settings["python"])
    return try WorkerProcess(python).names(python).map { "\(scheme):\($0)" }
  }

  private func recipe(
    of id: String, _ options: EnvironmentOptions
  ) throws -> GymnasiumRecipe {
    guard !id.isEmpty else {
      throw GymnasiumError("'gym:' needs an id of Gymnasium, as in gym:CartPole-v1.")
    }
    let known = [
      "python", "time-limit", "step-timeout", "action-masks", "reseed-episodes", "preprocessing",
      "planes-first",
    ]
    if let unknown = options.settings.keys.sorted().first(where: { !known.contains($0) }) {
      throw UnfittingOptions(
        description: """
          gym:\(id) has no option '\(unknown)'; it has \(known.joined(separator: ", ")).
          """)
    }
    var recipe = GymnasiumRecipe(
      id: id, options: options.arguments.mapValues { OptionValue($0) },
      timeLimit: try value("time-limit", of: options) { Int($0).flatMap { $0 > 0 ? $0 : nil } },
      python: try PythonInterpreter(named: options.settings["python"]))
    recipe.secondsForStep = try value("step-timeout", of: options) {
      Double($0).flatMap { $0 > 0 ? $0 : nil }
    }
    recipe.usesActionMasks = try value("action-masks", of: options) { Bool($0) } ?? false
    recipe.preprocessing = try value("preprocessing", of: options) {
      ImagePreprocessing(rawValue: $0)
    }
    recipe.hasPlanesFirst = try value("planes-first", of: options) { Bool($0) } ?? false
    recipe.reseedsEpisodes = try value("reseed-episodes", of: options) { Bool($0) }
    if let threads = options.threads { recipe.workerCount = max(1, threads) }
    return recipe
  }

  private func value<Value>(
    _ name: String, of options: EnvironmentOptions, _ read: (String) -> Value?
  ) throws -> Value? {
    guard let text = options.settings[name] else { return nil }
    guard let value = read(text) else {
      throw UnfittingOptions(description: "The option \(name) is '\(text)', which it cannot be.")
    }
    return value
  }
}
