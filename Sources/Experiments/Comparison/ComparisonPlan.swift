import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles

/// The runs of a comparison: each balancer with each reward scale on each seed.
public struct ComparisonPlan: Sendable {
  /// The names of the balancers, in the order in which they are shown.
  public let balancers: [String]
  /// What rewards are multiplied by.
  public let rewardScales: [Double]
  /// The runs, seed by seed, so that an interrupted comparison has some of everything.
  public let runs: [PlannedRun]

  /// Plans a comparison.
  ///
  /// - Parameters:
  ///   - environment: The name of the environment.
  ///   - options: What the environment is asked for besides its name.
  ///   - preset: The name of the preset that the hyperparameters were taken from, if any.
  ///   - hyperparameters: What all runs have in common.
  ///   - balancers: The names of the balancers, each once.
  ///   - rewardScales: What rewards are multiplied by, each once.
  ///   - seeds: How many seeds, from 1 on.
  public init(
    environment: String, options: EnvironmentOptions = EnvironmentOptions(), preset: String? = nil,
    hyperparameters: Hyperparameters,
    balancers: [String], rewardScales: [Double], seeds: Int
  ) {
    self.balancers = balancers
    self.rewardScales = rewardScales
    var runs: [PlannedRun] = []
    for seed in 1...max(seeds, 1) {
      for scale in rewardScales {
        for balancer in balancers {
          var configuration = RunConfiguration(
            environment: environment, seed: UInt64(seed), preset: preset,
            hyperparameters: hyperparameters, environmentOptions: options)
          configuration.hyperparameters.balancer = balancer
          configuration.hyperparameters.rewardScale = scale
          runs.append(PlannedRun(configuration, namesScale: rewardScales.count > 1))
        }
      }
    }
    self.runs = runs
  }
}

/// One run of a comparison.
public struct PlannedRun: Sendable {
  /// The name of its folder.
  public let name: String
  /// Everything that it depends on.
  public let configuration: RunConfiguration

  init(_ configuration: RunConfiguration, namesScale: Bool) {
    self.configuration = configuration
    let hyperparameters = configuration.hyperparameters
    // Colons and slashes mean something in paths.
    let balancer = hyperparameters.balancer.replacing(":", with: "-").replacing("/", with: "-")
    let scale = namesScale ? "-scale-\(SettingValue.number(hyperparameters.rewardScale))" : ""
    name = "\(balancer)\(scale)-seed-\(configuration.seed)"
  }

  /// Checks that a folder of that name holds this run, if there is one.
  ///
  /// - Parameter folder: Where the run's folder is or will be.
  /// - Returns: Whether it is there.
  /// - Throws: ``RecordError`` if what is there is another run.
  public func isBegun(in folder: RunFolder) throws -> Bool {
    guard FileManager.default.fileExists(atPath: folder.url.path) else { return false }
    guard
      let content = try? fileContents(
        of: folder.configuration, atMost: RunConfiguration.largestFile),
      let begun = try? JSONDecoder().decode(RunConfiguration.self, from: content)
    else {
      throw RecordError(
        "\(folder.url.relativePath) is there, but not as the folder of a run; move it away, or take "
          + "another folder for the comparison.")
    }
    // Both are written as this version does it: older files lack settings, and have null for none.
    let found = try SettingValue.settings(JSONEncoder().encode(begun))
    let wanted = try SettingValue.settings(JSONEncoder().encode(configuration))
    for key in Set(found.keys).union(wanted.keys).sorted() where found[key] != wanted[key] {
      throw RecordError(
        "\(folder.url.relativePath) was trained with \(key) \(found[key] ?? .none), and this "
          + "comparison asks for \(wanted[key] ?? .none); take another folder for the comparison.")
    }
    return true
  }
}
