import Foundation
import PolicyOptimization
import StoredFiles

/// How one run of a comparison ended; `evaluation.json` in its folder.
///
/// All returns are in the environment's own units, whatever rewards were multiplied by.
public struct ComparedRun: Sendable, Codable, Hashable {
  /// The balancer.
  public let balancer: String
  /// What rewards were multiplied by.
  public let rewardScale: Double
  /// The seed.
  public let seed: UInt64
  /// How many episodes the final evaluation had.
  public let episodes: Int
  /// What they earned on the average, with the most probable actions; `nil` if the evaluation failed.
  public let meanReturn: Double?
  /// Their deviation.
  public let standardDeviation: Double?
  /// The mean return of the last 100 training episodes, `nil` if none finished.
  public let trainingReturn: Double?
  /// When the task counted as solved, in steps; `nil` if it did not.
  public let solvedAtTimestep: Int?
  /// How many steps were taken.
  public let timesteps: Int
  /// How long training took on one thread, beside the other runs.
  public let seconds: Double
  /// Why training stopped before its end, or the evaluation, if one did: a number was not finite.
  public let failure: String?

  /// Describes the end of a run.
  ///
  /// - Parameters:
  ///   - configuration: What the run depended on.
  ///   - evaluation: The final evaluation; `nil` if it failed.
  ///   - episodes: How many episodes it has, or was to have.
  ///   - trainer: The trainer at the end of the run.
  ///   - seconds: How long training took.
  ///   - failure: Why it stopped before its end.
  public init(
    _ configuration: RunConfiguration, _ evaluation: Evaluation?, episodes: Int, _ trainer: Trainer,
    seconds: Double, failure: String?
  ) {
    balancer = configuration.hyperparameters.balancer
    rewardScale = configuration.hyperparameters.rewardScale
    seed = configuration.seed
    self.episodes = episodes
    meanReturn = evaluation?.meanReturn
    standardDeviation = evaluation?.standardDeviation
    trainingReturn = trainer.meanReturn
    solvedAtTimestep = trainer.solvedAt
    timesteps = trainer.timestep
    self.seconds = seconds
    self.failure = failure
  }

  private enum CodingKeys: String, CodingKey {
    case balancer
    case rewardScale = "reward_scale"
    case seed
    case episodes
    case meanReturn = "mean_return"
    case standardDeviation = "std_return"
    case trainingReturn = "mean_return_100"
    case solvedAtTimestep = "solved_at_timestep"
    case timesteps = "total_timesteps"
    case seconds = "wall_seconds"
    case failure
  }

  /// The end of a run that was evaluated before.
  ///
  /// - Parameters:
  ///   - folder: The folder of the run.
  ///   - episodes: How many episodes are wanted.
  /// - Returns: `nil` if the run was not evaluated, or on another number of episodes.
  public static func finished(in folder: RunFolder, episodes: Int) -> ComparedRun? {
    guard let content = try? fileContents(of: folder.evaluation, atMost: 1 << 20) else {
      return nil
    }
    let run = try? JSONDecoder().decode(ComparedRun.self, from: content)
    return run?.episodes == episodes ? run : nil
  }

  /// Writes `evaluation.json`.
  public func write(to folder: RunFolder, _ lock: RunLock) throws {
    try lock.write(prettyJSON(self), to: folder.evaluation)
  }
}

extension RunFolder {
  /// How the run did in the evaluation at the end of a comparison.
  var evaluation: URL { url.appendingPathComponent("evaluation.json") }
}
