import ArgumentParser
import ControlEnvironments
import EnvironmentKit
import Foundation
import PolicyOptimization
import RunRecords

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how well a trained policy does.",
    discussion: """
      Example:
        ppo evaluate runs/CartPole-v1-seed-1 --episodes 100
      """)

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint file.", valueName: "run"))
  var path: String
  @Option(parsing: .unconditional, help: "Episodes.") var episodes = 100
  @Option(parsing: .unconditional, help: "Seed of the evaluation.") var seed: UInt64 = 1
  @Flag(help: "Draw actions instead of taking the most probable.") var stochastic = false
  @Flag(help: "Print one JSON object on standard output.") var json = false

  func run() throws {
    try reportingFailure {
      guard 1...100_000 ~= episodes else {
        throw usage("--episodes is \(episodes); it must be from 1 to 100000.")
      }
      let checkpoint = try Checkpoint(contentsOf: checkpointFile)
      try evaluate(
        checkpoint, in: EnvironmentRegistry.builtIn.environment(named: checkpoint.environment))
    }
  }

  private var checkpointFile: URL {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    return exists && !isFolder.boolValue ? url : RunFolder(existing: url).checkpoint
  }

  private func evaluate(_ checkpoint: Checkpoint, in environment: some Environment) throws {
    let evaluation = try checkpoint.policy(for: environment)
      .evaluate(in: environment, episodes: episodes, seed: seed, isStochastic: stochastic)
    let report = EvaluationReport(environment: environment.name, evaluation)
    if json {
      try printJSON(report)
    } else {
      print(
        """
        \(report.environment), \(report.episodes) episodes: \
        mean return \(fixed(report.meanReturn, 2)) ± \(fixed(report.standardDeviation, 2)), \
        median \(fixed(report.medianReturn, 2)), from \(fixed(report.minReturn, 2)) to \
        \(fixed(report.maxReturn, 2)); mean length \(fixed(report.meanLength, 1))
        """)
    }
  }
}

/// What `ppo evaluate --json` prints.
private struct EvaluationReport: Encodable {
  let environment: String
  let episodes: Int
  let meanReturn: Double
  let standardDeviation: Double
  let medianReturn: Double
  let minReturn: Double
  let maxReturn: Double
  let meanLength: Double

  init(environment: String, _ evaluation: Evaluation) {
    self.environment = environment
    episodes = evaluation.returns.count
    meanReturn = evaluation.meanReturn
    standardDeviation = evaluation.standardDeviation
    medianReturn = evaluation.medianReturn
    minReturn = evaluation.returns.min() ?? .nan
    maxReturn = evaluation.returns.max() ?? .nan
    meanLength = evaluation.meanLength
  }

  private enum CodingKeys: String, CodingKey {
    case environment
    case episodes
    case meanReturn = "mean_return"
    case standardDeviation = "std_return"
    case medianReturn = "median_return"
    case minReturn = "min_return"
    case maxReturn = "max_return"
    case meanLength = "mean_length"
  }
}
