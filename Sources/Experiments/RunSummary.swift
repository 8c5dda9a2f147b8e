import Foundation
import PolicyOptimization
import StoredFiles

/// What `summary.json` holds and `ppo train --json` prints: how a run ended.
public struct RunSummary: Codable, Sendable {
  /// The name of the environment.
  public var environment: String
  /// The seed.
  public var seed: UInt64
  /// How many steps all environments together took.
  public var totalTimesteps: Int
  /// How long training took, in seconds, in all programs that had a part in the run; what the records
  /// do not tell of, because `progress.csv` was lost, is not in it.
  public var wallSeconds: Double
  /// The mean return of the last 100 training episodes, `nil` if none finished.
  public var meanReturn: Double?
  /// When the task counted as solved, in steps; `nil` if it did not.
  public var solvedAtTimestep: Int?
  /// The same in seconds that the programs of the run had taken by then, with their start and
  /// evaluations.
  public var solvedAtSeconds: Double?
  /// The folder of the run.
  public var output: String
  /// Steps of all environments together in a second, of those whose time is known; `nil` if there are
  /// none.
  public var stepsPerSecond: Double?

  /// Puts a summary together; `untimedTimesteps` of the steps were taken in a time that is not known.
  public init(
    environment: String, seed: UInt64, totalTimesteps: Int, wallSeconds: Double,
    meanReturn: Double?, solvedAtTimestep: Int?, solvedAtSeconds: Double?, output: String,
    untimedTimesteps: Int = 0
  ) {
    self.environment = environment
    self.seed = seed
    self.totalTimesteps = totalTimesteps
    self.wallSeconds = wallSeconds
    self.meanReturn = meanReturn
    self.solvedAtTimestep = solvedAtTimestep
    self.solvedAtSeconds = solvedAtSeconds
    self.output = output
    let timed = totalTimesteps - untimedTimesteps
    stepsPerSecond = timed > 0 && wallSeconds > 0 ? Double(timed) / wallSeconds : nil
  }

  /// Reads the keys.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    environment = try container.decode(String.self, forKey: .environment)
    seed = try container.decode(UInt64.self, forKey: .seed)
    totalTimesteps = try container.decode(Int.self, forKey: .totalTimesteps)
    wallSeconds = try container.decode(Double.self, forKey: .wallSeconds)
    meanReturn = try container.decodeIfPresent(Double.self, forKey: .meanReturn)
    solvedAtTimestep = try container.decodeIfPresent(Int.self, forKey: .solvedAtTimestep)
    solvedAtSeconds = try container.decodeIfPresent(Double.self, forKey: .solvedAtSeconds)
    output = try container.decode(String.self, forKey: .output)
    stepsPerSecond = try container.decodeIfPresent(Double.self, forKey: .stepsPerSecond)
  }

  private enum CodingKeys: String, CodingKey {
    case environment
    case seed
    case totalTimesteps = "total_timesteps"
    case wallSeconds = "wall_seconds"
    case stepsPerSecond = "steps_per_second"
    case meanReturn = "mean_return_100"
    case solvedAtTimestep = "solved_at_timestep"
    case solvedAtSeconds = "solved_at_seconds"
    case output
  }

  /// Writes every key; what there is none of is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(environment, forKey: .environment)
    try container.encode(seed, forKey: .seed)
    try container.encode(totalTimesteps, forKey: .totalTimesteps)
    try container.encode(wallSeconds, forKey: .wallSeconds)
    try container.encode(stepsPerSecond, forKey: .stepsPerSecond)
    try container.encode(meanReturn, forKey: .meanReturn)
    try container.encode(solvedAtTimestep, forKey: .solvedAtTimestep)
    try container.encode(solvedAtSeconds, forKey: .solvedAtSeconds)
    try container.encode(output, forKey: .output)
  }

  /// Reads `summary.json`.
  ///
  /// - Throws: If there is none, or it is damaged.
  public init(contentsOf url: URL) throws {
    self = try JSONDecoder().decode(Self.self, from: fileContents(of: url, atMost: 1 << 20))
  }

  /// Writes `summary.json`.
  public func write(to url: URL) throws { try writeDurably(prettyJSON(self), to: url) }

  /// Writes `summary.json` of a run that is locked.
  public func write(to folder: RunFolder, _ lock: RunLock) throws {
    try lock.write(prettyJSON(self), to: folder.summary)
  }
}
