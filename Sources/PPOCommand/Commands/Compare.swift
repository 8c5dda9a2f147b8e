import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import LossBalancing
import PolicyOptimization
import StoredFiles
import TensorCore

struct Compare: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Compare loss balancers on several seeds and reward scales.",
      discussion: """
        Trains every balancer with every reward scale on every seed, each run on one thread and as \
        many at once as there are threads, and evaluates it at its end. Returns are in the \
        environment's own units, whatever rewards are multiplied by. Given the same folder again, it \
        goes on where it was interrupted.

        Example:
          \(program) compare --env \(exampleEnvironment) --balancers fixed,running-max,log,gradnorm --seeds 5
          \(program) compare --env \(exampleEnvironment) --balancers fixed,log --reward-scales 0.01,1,100 --shared-trunk
        """)
  }

  @Option(help: "Environment; see '\(program) environments'.") var env: String
  @Option(help: "Balancers, separated by commas; see '\(program) balancers'.") var balancers: String
  @Option(parsing: .unconditional, help: "Number of seeds, counted up from 1.", transform: count)
  var seeds = 5
  @Option(
    parsing: .unconditional, help: "Factors of all rewards, separated by commas.")
  var rewardScales: String?
  @Option(help: "Preset of the environment; its first by default; see '\(program) environments'.")
  var preset: String?
  @Option(
    parsing: .unconditional, help: "Episodes of the evaluation at the end of each run.",
    transform: count)
  var episodes = 100
  @Option(help: "Folder for the comparison; runs/ENVIRONMENT-comparison if not given.")
  var output: String?
  @Option(parsing: .unconditional, help: "Number of runs at the same time.", transform: count)
  var threads: Int?
  @Flag(inversion: .prefixedNo, help: "Write files for TensorBoard.") var tensorboard = true
  @Flag(help: "Show no progress.") var quiet = false
  @Flag(help: "Print one JSON object on standard output.") var json = false
  @OptionGroup var stray: StrayArguments
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice
  @OptionGroup var options: HyperparameterOptions

  func run() throws {
    try reportingFailure {
      try stray.refuse()
      guard 1...1000 ~= seeds else {
        throw usage("--seeds is \(seeds); it must be from 1 to 1000.")
      }
      guard 1...100_000 ~= episodes else {
        throw usage("--episodes is \(episodes); it must be from 1 to 100000.")
      }
      if let threads, threads < 1 {
        throw usage("--threads is \(threads); it must be at least 1.")
      }
      if options.gives("balancer") {
        throw usage("--balancer cannot be given; name the balancers with --balancers.")
      }
      // Each run has one thread.
      try compare(in: choice.environment(named: env, threads: 1))
    }
  }

  private func compare(in environment: any BatchableEnvironment) throws {
    let preset = try PPOCommand::preset(named: preset, for: environment)
    let hyperparameters = try options.applied(to: preset?.hyperparameters ?? Hyperparameters())
    let plan = ComparisonPlan(
      environment: environment.name, options: environment.options, preset: preset?.name,
      hyperparameters: hyperparameters,
      balancers: try names(in: balancers),
      rewardScales: try rewardScales.map(numbers) ?? [hyperparameters.rewardScale], seeds: seeds)
    let ranks = try SharedProcess.join(secondsToWait: .infinity)
    let runner = ComparisonRunner(
      of: plan, in: environment,
      folder: URL(fileURLWithPath: output ?? "runs/\(fileName(environment.name))-comparison"),
      episodes: episodes, threads: threads ?? SharedProcess.threads,
      balancers: Program.current.balancers, writesTensorBoard: tensorboard,
      ranks: ranks)
    let interruption = Interruption()
    let showsProgress = !quiet && !json
    let comparison = try runner.run {
      // A run that has ended is news, whichever process has trained it.
      if showsProgress { printLines([$0], toErrors: true) }
    } until: {
      interruption.isRequested
    }
    guard let comparison else {
      tell("Interrupted; the same command goes on where it was.")
      throw ExitCode(130)
    }
    if SharedProcess.isSilent { return }
    try show(comparison, of: runner, isSolvable: environment.rewardThreshold != nil)
  }

  private func names(in list: String) throws -> [String] {
    let names = list.split(separator: ",").map(String.init)
    if names.isEmpty || Set(names).count < names.count {
      throw usage("--balancers is '\(list)'; it must name each balancer once: fixed,log.")
    }
    return names
  }

  private func numbers(in list: String) throws -> [Double] {
    let numbers = list.split(separator: ",", omittingEmptySubsequences: false).map {
      HyperparameterValue.number(String($0))
    }
    let known = numbers.compactMap(\.self)
    if known.count < numbers.count || Set(known).count < known.count {
      throw usage("--reward-scales is '\(list)'; it must be numbers, each once: 0.01,1,100.")
    }
    return known
  }

  private func show(
    _ comparison: Comparison, of runner: ComparisonRunner, isSolvable: Bool
  ) throws {
    let (table, curves) = (runner.table, runner.picture)
    if json {
      try printJSON(ComparisonReport(comparison, table: table, picture: curves))
    } else {
      let totals = comparison.totalRows.map { [""] + PPOCommand::table($0) } ?? []
      try printResult(
        PPOCommand::table(comparison.cellRows(isSolvable: isSolvable)) + totals
          + (comparison.note.map { [$0] } ?? [])
          + ["written to \(table.relativePath) and \(curves.relativePath)"])
    }
  }
}

/// What `ppo compare --json` prints.
private struct ComparisonReport: Encodable {
  let results: [Comparison.Cell]
  let totals: [Comparison.Total]
  let runs: [ComparedRun]
  let table: String
  let picture: String

  init(_ comparison: Comparison, table: URL, picture: URL) {
    results = comparison.cells
    totals = comparison.totals
    runs = comparison.runs
    self.table = table.relativePath
    self.picture = picture.relativePath
  }
}
