import ArgumentParser
import EnvironmentKit
import Experiments
import PolicyOptimization

struct Environments: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "List the environments, their presets and the returns that these reach.",
      discussion: """
        Returns are means of 100 deterministic episodes after the last step, over ten seeds that the \
        presets were not tuned on. The first preset of an environment is the one that '\(program) train' uses.

        Examples:
          \(program) environments --json
          \(program) environments --gym
        """)
  }

  @Flag(help: "Print one JSON object on standard output.") var json = false
  @Flag(help: "List the ids that Python's Gymnasium knows instead.") var gym = false
  @Option(help: "Python for --gym. (default: the active virtual environment, python3)")
  var python: String?

  func run() throws {
    if gym { return try reportingFailure { try listGymnasium() } }
    let rows = Program.current.environments.environments.map { EnvironmentRow($0) }
    if json { return try printJSON(["environments": rows]) }
    let heading = ["name", "observation", "actions", "time limit", "solved at"]
    let presetHeading = ["environment", "preset", "steps", "mean", "median", "lowest", "source"]
    try printResult(
      table([heading] + rows.map(\.cells)) + [""]
        + table([presetHeading] + rows.flatMap(\.presetCells))
        + ["mean: interquartile mean of the mean returns of ten seeds"])
  }
}

extension Environments {
  private func listGymnasium() throws {
    guard let source = Program.current.environments.source(of: "gym:") else {
      throw usage("\(program) knows no environments of Gymnasium.")
    }
    let names = try source.names(
      options: EnvironmentOptions(settings: python.map { ["python": $0] } ?? [:]))
    if json { return try printJSON(["environments": names]) }
    try printResult(names)
  }
}

private struct EnvironmentRow: Encodable {
  let name: String
  let observationCount: Int
  let actions: String
  let timeLimit: Int?
  let rewardThreshold: Double?
  let presets: [PresetRow]

  init(_ environment: any BatchableEnvironment) {
    name = environment.name
    observationCount = environment.observationSpace.count
    actions =
      switch environment.actionSpace {
      case .discrete(let count): "\(count) choices"
      case .multiDiscrete(let counts): counts.map(String.init).joined(separator: "×") + " choices"
      case .box(let box): "\(box.count) real"
      }
    timeLimit = environment.timeLimit
    rewardThreshold = environment.rewardThreshold
    presets = Program.current.presets(for: environment).map { PresetRow($0) }
  }

  var cells: [String] {
    [
      name, "\(observationCount) numbers", actions, timeLimit.map { "\($0) steps" } ?? "none",
      rewardThreshold.map { fixed($0, 0) } ?? "–",
    ]
  }

  var presetCells: [[String]] { presets.map { [name] + $0.cells } }

  private enum CodingKeys: String, CodingKey {
    case name
    case observationCount = "observation_count"
    case actions
    case timeLimit = "time_limit"
    case rewardThreshold = "reward_threshold"
    case presets
  }
}

private struct PresetRow: Encodable {
  let name: String
  let source: String
  let totalTimesteps: Int
  let reached: ReachedReturns?

  init(_ preset: Preset) {
    name = preset.name
    source = preset.source
    totalTimesteps = preset.hyperparameters.totalTimesteps
    reached = preset.reached
  }

  var cells: [String] {
    let returns =
      reached.map { [$0.interquartileMean, $0.median, $0.lowest].map { fixed($0, 1) } }
      ?? ["–", "–", "–"]
    return [name, "\(totalTimesteps)"] + returns + [source]
  }

  private enum CodingKeys: String, CodingKey {
    case name
    case source
    case totalTimesteps = "total_timesteps"
    case reached
  }
}
