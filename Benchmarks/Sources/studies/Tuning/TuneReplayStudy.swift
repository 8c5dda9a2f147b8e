import ArgumentParser
import ControlEnvironments
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import RandomStreams

/// Replays searches from a table of random configurations, to choose how candidates are proposed.
struct TuneReplayStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune-replay",
    abstract: "How a search should propose candidates.",
    discussion: """
      Trains random configurations on several seeds once, then replays searches of 60 trials from that \
      table: a candidate is the nearest configuration that was not taken yet. Half of the seeds decide, the \
      other half judge. Continues the table of an interrupted study.

        swift run -c release studies tune-replay --env cartpole --threads 2
      """)

  @Option(help: "The task.") var env = "cartpole"
  @Option(help: "Steps of a trial.") var steps = 20_000
  @Option(help: "Random configurations.") var configurations = 120
  @Option(help: "Seeds of each, an even number.") var seeds = 8
  @Option(help: "Trials of a search.") var trials = 60
  @Option(help: "How often each strategy is replayed.") var replays = 400
  @Option(help: "How often Optuna is replayed; 0 for not at all.") var optunaReplays = 40
  @Option(help: "The Python that has Optuna.") var python: String?
  @Option(help: "How many trials run at once.") var threads = 1
  @Option(help: "The folder of the tables.") var output = "results"

  func validate() throws {
    if configurations < 2 * trials || seeds < 4 || seeds % 2 == 1 || threads < 1 {
      throw ValidationError(
        "There must be twice as many configurations as trials, and an even number of seeds from 4 on."
      )
    }
  }

  func run() throws {
    let environment = try EnvironmentRegistry.builtIn.environment(named: env)
    var base = Hyperparameters()
    base.totalTimesteps = steps
    let space = try SearchSpace(
      names: [
        "num-envs", "num-steps", "gamma", "gae-lambda", "learning-rate", "minibatch-size",
        "update-epochs", "clip-coef", "ent-coef",
      ], file: nil, fixing: [], hasRealActions: false)
    let table = try ReplayTable(
      of: space, basedOn: base, in: environment, configurations: configurations, seeds: seeds,
      threads: threads,
      file: URL(fileURLWithPath: output).appendingPathComponent(
        "tune-replay-\(environment.name)-\(steps).jsonl"))
    let scores = table.rows.map { Statistics.interquartileMean($0.outcomes.map { $0.score ?? 0 }) }
      .sorted()
    print(
      "\(environment.name), \(steps) steps: \(scores.count) configurations, median "
        + "\(Statistics.quantile(0.5, of: scores).digits(1)), best \(scores.last?.digits(1) ?? "")")
    var result = Table([
      "proposal", "stops early", "winner really: mean", "worst tenth", "claimed too much",
      "steps of a search",
    ])
    func add(
      _ name: String, _ count: Int, stops: Bool, _ sampler: (UInt64) throws -> any CandidateSampler
    ) throws {
      let row = try replay(table, base, count, stops: stops, sampler)
      result.add([name, stops ? "yes" : "no"] + row)
      print(([name] + row).joined(separator: "  "))
    }
    for stops in [false, true] {
      try add("random", replays, stops: stops) { RandomSampler(space.dimensions.count, $0) }
      for part in [0, 0.5, 0.8] {
        let name = part == 0 ? "Sobol" : "Sobol, \(Int(100 * part)) % mutations"
        try add(name, replays, stops: stops) {
          MutationSampler(of: space, seed: $0, mutatedPart: part)
        }
      }
      guard optunaReplays > 0 else { continue }
      try add("Optuna TPE", optunaReplays, stops: stops) {
        try OptunaSampler("tpe", space: space, seed: $0, study: "replay", python: python)
      }
    }
    print("\n" + result.text + "\n")
    try result.write("tune-replay-\(environment.name)", to: output)
  }

  private func replay(
    _ table: ReplayTable, _ base: Hyperparameters, _ count: Int, stops: Bool,
    _ sampler: (UInt64) throws -> any CandidateSampler
  ) throws -> [String] {
    var (truths, excesses, costs): ([Double], [Double], [Double]) = ([], [], [])
    for number in 0..<count {
      let shuffled = table.shuffled(number)
      let replayed = ReplayedTrials(shuffled, confirmationSeed: 1001)
      let plan = TuningPlan(
        environment: env, base: base, space: table.space, seed: 1, seeds: seeds / 2,
        trials: trials, stopsEarly: stops)
      let search = TuningSearch(
        plan, trials: replayed, sampler: try sampler(UInt64(number + 1)), jobs: 1)
      guard let result = try search.run() else { continue }
      truths.append(result.confirmed.interquartileMean)
      excesses.append(result.searchScore - result.confirmed.interquartileMean)
      costs.append(Double(replayed.steps))
    }
    truths.sort()
    let worst = Statistics.mean(Array(truths.prefix(max(1, truths.count / 10))))
    return [
      Statistics.mean(truths).digits(1), worst.digits(1), Statistics.mean(excesses).digits(1),
      (Statistics.mean(costs) / 1000).digits(0) + "k",
    ]
  }
}

/// Points drawn independently.
private final class RandomSampler: CandidateSampler {
  let name = "random"
  private let count: Int
  private let seed: UInt64

  init(_ count: Int, _ seed: UInt64) { (self.count, self.seed) = (count, seed) }

  func point(of number: Int, after results: [ScoredPoint]) -> [Double] {
    var draws = RandomStream(seed: seed, purpose: .other, index: number)
    return (0..<count).map { _ in draws.uniform() }
  }
}
