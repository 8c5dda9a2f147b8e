import EnvironmentKit
import Foundation
import PolicyOptimization
import RunRecords

/// What a folder holds of a run that is to go on, and what may be changed about it.
struct Resumption {
  private let folder: RunFolder
  private let checkpoint: Checkpoint?
  /// As the run was begun, by its checkpoint if it has one.
  private let begun: RunConfiguration
  /// As `config.json` says.
  private let filed: RunConfiguration

  /// Reads a folder.
  ///
  /// - Throws: If its checkpoint is damaged, or `config.json` says something else than it.
  init(of folder: RunFolder, _ file: ConfigurationFile, in environment: String) throws {
    self.folder = folder
    do {
      checkpoint = try folder.latestCheckpoint.map { try Checkpoint(contentsOf: $0) }
    } catch let error as CheckpointError {
      let hasBest = FileManager.default.fileExists(atPath: folder.best.path)
      throw failure(
        error.description
          + (hasBest ? " Move it away to go on from \(folder.best.relativePath)." : ""))
    }
    filed = RunConfiguration(
      environment: environment, seed: file.seed ?? checkpoint?.seed ?? 1, preset: file.preset,
      network: file.network,
      hyperparameters: try file.applied(to: checkpoint?.hyperparameters ?? Hyperparameters()),
      environmentOptions: file.environmentOptions, versions: file.versions)
    begun = RunConfiguration(
      environment: environment, seed: checkpoint?.seed ?? filed.seed, preset: file.preset,
      network: file.network,
      hyperparameters: checkpoint?.hyperparameters ?? filed.hyperparameters,
      environmentOptions: file.environmentOptions, versions: file.versions)
    if let key = Self.firstDifference(begun, filed) {
      throw usage(
        "\(folder.configuration.relativePath) gives another \(key) than the checkpoint: a run goes "
          + "on as it was begun. Undo that change, or begin a run with --config.")
    }
  }

  /// The configuration with what is asked for now: more steps, or not to stop when solved.
  ///
  /// - Throws: A sentence if something else is asked for.
  func configuration(
    with options: HyperparameterOptions, seed: UInt64?
  ) throws -> RunConfiguration {
    var wanted = begun
    wanted.hyperparameters = try options.applied(to: begun.hyperparameters)
    guard Self.firstDifference(wanted, begun) == nil, seed ?? begun.seed == begun.seed else {
      throw usage(
        "A resumed run keeps its seed and hyperparameters; only --total-timesteps and "
          + "--no-stop-when-solved can be given.")
    }
    return wanted
  }

  /// The trainer, where the run was left.
  func trainer(
    _ environment: any BatchableEnvironment, _ wanted: RunConfiguration, threads: Int,
    detectsAnomalies: Bool
  ) throws -> Trainer {
    guard let checkpoint else {
      return try Trainer(
        environment, wanted.hyperparameters, seed: wanted.seed, threads: threads,
        balancers: Program.current.balancers, detectsAnomalies: detectsAnomalies)
    }
    return try Trainer(
      environment, resuming: checkpoint,
      totalTimesteps: wanted.hyperparameters.totalTimesteps,
      stopsWhenSolved: wanted.hyperparameters.stopsWhenSolved, threads: threads,
      balancers: Program.current.balancers, detectsAnomalies: detectsAnomalies)
  }

  /// Writes down what is wanted, if that is something new. A summary of the run as it was is removed.
  func store(
    _ wanted: RunConfiguration, _ trainer: Trainer, _ lock: RunLock
  ) throws {
    if wanted != begun { try lock.write(trainer.checkpoint.data, to: folder.checkpoint) }
    if wanted != filed { try wanted.write(to: folder, lock) }
    try lock.opened.remove(folder.summary.lastPathComponent)
  }

  /// Why there is nothing to train.
  func nothingLeft(of trainer: Trainer) -> String {
    trainer.timestep < trainer.hyperparameters.totalTimesteps
      ? "The run ended when it was solved; go on with --no-stop-when-solved."
      : "The run is complete; make it longer with --total-timesteps."
  }

  /// The name of a hyperparameter that differs, besides those that may.
  private static func firstDifference(_ one: RunConfiguration, _ other: RunConfiguration) -> String?
  {
    if one.seed != other.seed { return "seed" }
    var one = one.hyperparameters
    one.totalTimesteps = other.hyperparameters.totalTimesteps
    one.stopsWhenSolved = other.hyperparameters.stopsWhenSolved
    return one.firstDifference(from: other.hyperparameters)
  }
}
