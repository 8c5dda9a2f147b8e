import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization

/// A run that stopped before its end, as its folder holds it, and what may be changed about it.
///
///     let run = try StoppedRun(in: folder, environment: "Corridor")
///     let trainer = try run.trainer(in: Corridor(), run.configuration)
public struct StoppedRun {
  /// As the run was begun, by its checkpoint if it has one.
  public let configuration: RunConfiguration
  private let folder: RunFolder
  private let checkpoint: Checkpoint?
  /// As `config.json` says.
  private let filed: RunConfiguration

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: The folder of the run.
  ///   - file: Its `config.json`, if that was read before.
  ///   - environment: The name of the environment.
  /// - Throws: ``RunFolderError`` if the checkpoint is damaged, and ``ConfigurationError`` if
  ///   `config.json` cannot be used or says something else than the checkpoint.
  public init(
    in folder: RunFolder, _ file: ConfigurationFile? = nil, environment: String
  ) throws {
    let file = try file ?? ConfigurationFile(contentsOf: folder.configuration, isRegular: true)
    self.folder = folder
    do {
      checkpoint = try folder.latestCheckpoint.map { try Checkpoint(contentsOf: $0) }
    } catch let error as CheckpointError {
      let hasBest = FileManager.default.fileExists(atPath: folder.best.path)
      throw RunFolderError(
        description: error.description
          + (hasBest ? " Move it away to go on from \(folder.best.relativePath)." : ""))
    }
    var filed = RunConfiguration(
      environment: environment, seed: file.seed ?? checkpoint?.seed ?? 1, preset: file.preset,
      network: file.network,
      hyperparameters: try file.applied(to: checkpoint?.hyperparameters ?? Hyperparameters()),
      environmentOptions: file.environmentOptions, versions: file.versions)
    self.filed = filed
    if let checkpoint {
      filed.seed = checkpoint.seed
      filed.hyperparameters = checkpoint.hyperparameters
    }
    configuration = filed
    if let key = Self.firstDifference(configuration, self.filed) {
      throw ConfigurationError(
        description: """
          \(folder.configuration.relativePath) gives another \(key) than the checkpoint: a run goes on \
          as it was begun. Undo that change, or begin another run with that file as its configuration.
          """)
    }
  }

  /// The configuration with other hyperparameters: more steps, or not to stop when solved.
  ///
  /// - Parameters:
  ///   - hyperparameters: What is wanted now.
  ///   - seed: The seed, or `nil` for that of the run.
  /// - Returns: What the run goes on with.
  /// - Throws: ``ConfigurationError`` if something else differs.
  public func configuration(
    with hyperparameters: Hyperparameters, seed: UInt64? = nil
  ) throws -> RunConfiguration {
    var wanted = configuration
    wanted.hyperparameters = hyperparameters
    wanted.seed = seed ?? wanted.seed
    guard Self.firstDifference(wanted, configuration) == nil else {
      throw ConfigurationError(
        description: """
          A resumed run keeps its seed and hyperparameters; only total-timesteps and stop-when-solved \
          can be changed.
          """)
    }
    return wanted
  }

  /// Makes the trainer where the run stopped, or at the beginning if there is no checkpoint yet.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - wanted: What the run goes on with.
  ///   - threads: How many threads to use; the result does not depend on it.
  ///   - network: The network that the run was begun with, if it is not the usual one.
  ///   - auxiliaryLosses: The further losses that the run was begun with.
  ///   - balancers: Where the name of the balancer is looked up.
  ///   - detectsAnomalies: As in a new run.
  ///   - ranks: The processes that share the run from now on.
  ///   - splitsUpdate: Whether they share each minibatch, too.
  /// - Returns: The trainer.
  /// - Throws: As the initialisers of `Trainer` do.
  public func trainer(
    in environment: any BatchableEnvironment, _ wanted: RunConfiguration,
    threads: Int = WorkerPool.machineThreads, network: (any PolicyNetwork)? = nil,
    auxiliaryLosses: [AuxiliaryLoss] = [], balancers: BalancerRegistry = .standard,
    detectsAnomalies: Bool = false, ranks: any RankGroup = SingleRank(),
    splitsUpdate: Bool = false
  ) throws -> Trainer {
    guard let checkpoint else {
      return try Trainer(
        environment, wanted.hyperparameters, seed: wanted.seed, threads: threads,
        network: network, auxiliaryLosses: auxiliaryLosses, balancers: balancers,
        detectsAnomalies: detectsAnomalies, ranks: ranks, splitsUpdate: splitsUpdate)
    }
    return try Trainer(
      environment, resuming: checkpoint,
      totalTimesteps: wanted.hyperparameters.totalTimesteps,
      stopsWhenSolved: wanted.hyperparameters.stopsWhenSolved, threads: threads,
      network: network, auxiliaryLosses: auxiliaryLosses, balancers: balancers,
      detectsAnomalies: detectsAnomalies, ranks: ranks, splitsUpdate: splitsUpdate)
  }

  /// Writes down what the run goes on with, if that is something new. A summary of the run as it was
  /// is removed.
  ///
  /// - Throws: If a file cannot be written.
  public func store(_ wanted: RunConfiguration, _ trainer: Trainer, _ lock: RunLock) throws {
    if wanted != configuration { try lock.write(trainer.checkpoint.data, to: folder.checkpoint) }
    if wanted != filed { try wanted.write(to: folder, lock) }
    try lock.opened.remove(folder.summary.lastPathComponent)
  }

  /// The name of a setting that differs, besides those that may.
  private static func firstDifference(_ one: RunConfiguration, _ other: RunConfiguration) -> String?
  {
    if one.seed != other.seed { return "seed" }
    var one = one.hyperparameters
    one.totalTimesteps = other.hyperparameters.totalTimesteps
    one.stopsWhenSolved = other.hyperparameters.stopsWhenSolved
    return one.firstDifference(from: other.hyperparameters)
  }
}
