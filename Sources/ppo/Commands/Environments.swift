import ArgumentParser
import ControlEnvironments
import EnvironmentKit
import PolicyOptimization

struct Environments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the built-in environments.",
    discussion: """
      Example:
        ppo environments --json
      """)

  @Flag(help: "Print one JSON object on standard output.") var json = false

  func run() throws {
    let rows = EnvironmentRegistry.builtIn.environments.map { EnvironmentRow($0) }
    if json { return try printJSON(["environments": rows]) }
    let heading = ["name", "observation", "actions", "time limit", "solved at", "presets"]
    print(table([heading] + rows.map(\.cells)))
  }
}

private struct EnvironmentRow: Encodable {
  let name: String
  let observationCount: Int
  let actions: String
  let timeLimit: Int?
  let rewardThreshold: Double?
  let presets: [String]

  init(_ environment: some Environment) {
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
    presets = Preset.presets(for: environment.name).map(\.name)
  }

  var cells: [String] {
    [
      name, "\(observationCount) numbers", actions, timeLimit.map { "\($0) steps" } ?? "none",
      rewardThreshold.map { fixed($0, 0) } ?? "–",
      presets.isEmpty ? "–" : presets.joined(separator: ", "),
    ]
  }

  private enum CodingKeys: String, CodingKey {
    case name
    case observationCount = "observation_count"
    case actions
    case timeLimit = "time_limit"
    case rewardThreshold = "reward_threshold"
    case presets
  }
}
