import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization

struct Evaluate: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Measure the returns of a trained policy.",
      discussion: """
        Examples:
          \(program) evaluate \(exampleRun) --episodes 100
          \(program) evaluate \(exampleRun) --best --seeds 5
        """)
  }

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint file.", valueName: "run"))
  var path: String
  @Option(parsing: .unconditional, help: "Episodes for each seed.", transform: count)
  var episodes = 100
  @Option(parsing: .unconditional, help: "Seed of the evaluation.", transform: PPOCommand.seed)
  var seed: UInt64 = 1
  @Option(
    parsing: .unconditional, help: "Number of seeds, counted up from the first.",
    transform: count)
  var seeds = 1
  @Flag(help: "Use the run's best checkpoint instead of its latest.") var best = false
  @Flag(help: "Draw actions instead of taking the most probable.") var stochastic = false
  @Flag(help: "Print one JSON object on standard output.") var json = false
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice

  func run() throws {
    try reportingFailure {
      guard 1...100_000 ~= episodes else {
        throw usage("--episodes is \(episodes); it must be from 1 to 100000.")
      }
      guard 1...1_000 ~= seeds else {
        throw usage("--seeds is \(seeds); it must be from 1 to 1000.")
      }
      let checkpoint = try Checkpoint(contentsOf: checkpointFile(at: path, best: best))
      try evaluate(
        checkpoint,
        in: choice.environment(
          named: checkpoint.environment, stored: checkpoint.environmentOptions))
    }
  }

  private func evaluate(_ checkpoint: Checkpoint, in environment: any BatchableEnvironment) throws {
    let policy = try checkpoint.policy(for: environment)
    let interruption = Interruption()
    let evaluations = try (0..<UInt64(seeds)).map {
      try policy.evaluate(
        in: environment, episodes: episodes, seed: seed &+ $0, isStochastic: stochastic,
        until: { interruption.isRequested })
    }
    interruption.end()
    let report = EvaluationReport(environment: environment.name, evaluations)
    if report.unfinishedCount > 0 {
      tell(
        "\(report.unfinishedCount) of \(report.episodes) episodes had not ended after "
          + "\(Evaluation.stepLimit) steps and count with what they had earned.")
    }
    if json { try printJSON(report) } else { try printResult(lines(report)) }
  }

  private func lines(_ report: EvaluationReport) -> [String] {
    let interval = report.meanInterval.map {
      "mean of the policy with 95 % confidence: from \(fixed($0[0], 2)) to \(fixed($0[1], 2))"
    }
    let figures = """
      \(report.environment), \(report.episodes) episodes\(seeds > 1 ? " of \(seeds) seeds" : ""): \
      mean return \(fixed(report.meanReturn, 2))\(deviation(report)), \
      median \(fixed(report.medianReturn, 2)), from \(fixed(report.minReturn, 2)) to \
      \(fixed(report.maxReturn, 2)); mean length \(fixed(report.meanLength, 1))
      """
    return [figures] + (interval.map { [$0] } ?? [])
  }

  /// The deviation of the episodes; that of one is no measure of anything.
  private func deviation(_ report: EvaluationReport) -> String {
    report.episodes > 1 ? " ± \(fixed(report.standardDeviation, 2))" : ""
  }
}
