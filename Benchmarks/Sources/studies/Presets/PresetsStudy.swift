import ArgumentParser
import ControlEnvironments
import ControlPresets
import EnvironmentKit
import Experiments
import PolicyOptimization

/// Trains every preset on seeds that it was not tuned on, and says what it reaches.
struct PresetsStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "What every preset of the built-in environments reaches.",
    discussion: """
      Trains each preset on ten seeds and evaluates the last policy of each in 100 deterministic \
      episodes, as 'ppo train' and 'ppo evaluate' do. Takes some minutes on two cores.

        swift run -c release studies presets --threads 2
        swift run -c release studies presets --env pendulum --first-seed 1
      """)

  @Option(help: "The folder that the table of all seeds is written to; it is made.")
  var output = "results"
  @Option(help: "How many runs are made at once. The numbers do not depend on it.") var threads = 1
  @Option(help: "How many seeds.") var seeds = 10
  @Option(help: "The first seed. The presets were tuned on 1 to 90.") var firstSeed: UInt64 = 201
  @Option(help: "The seed of the evaluations, which is that of 'ppo evaluate'.")
  var evaluationSeed: UInt64 = 1
  @Option(help: "One environment alone.") var env: String?

  func validate() throws {
    if threads < 1 || seeds < 1 {
      throw ValidationError(
        "There must be at least one thread and one seed; got \(threads) and \(seeds).")
    }
  }

  func run() throws {
    let name = try env.map { try EnvironmentRegistry.builtIn.environment(named: $0).name }
    var table = Table([
      "environment", "preset", "steps", "IQM", "median", "lowest", "of all episodes: median",
      "target", "met",
    ])
    var csv = Table(["environment", "preset", "steps", "seed", "mean", "median"])
    for preset in Preset.builtIn where name == nil || preset.environment == name {
      let evaluations = try evaluations(of: preset)
      let row = row(of: preset, evaluations)
      print(row.joined(separator: "  "))
      table.add(row)
      for (index, evaluation) in evaluations.enumerated() {
        csv.add([
          preset.environment, preset.name, "\(preset.hyperparameters.totalTimesteps)",
          "\(firstSeed + UInt64(index))", "\(evaluation.meanReturn)", "\(evaluation.medianReturn)",
        ])
      }
    }
    print("\n" + table.text + "\n")
    try csv.write("presets", to: output)
  }

  private func evaluations(of preset: Preset) throws -> [Evaluation] {
    let (firstSeed, evaluationSeed) = (firstSeed, evaluationSeed)
    return try results(of: seeds, threads: threads) { index in
      Result {
        try evaluation(of: preset, seed: firstSeed + UInt64(index), evaluationSeed: evaluationSeed)
      }
    }.map { try $0.get() }
  }

  private func row(of preset: Preset, _ evaluations: [Evaluation]) -> [String] {
    let means = evaluations.map(\.meanReturn).sorted()
    let reached = ReachedReturns(
      interquartileMean: Statistics.interquartileMean(means),
      median: Statistics.quantile(0.5, of: means), lowest: means[0])
    let episodes = evaluations.flatMap(\.returns).sorted()
    let target = PresetTarget.target(of: preset)
    return [
      preset.environment, preset.name, "\(preset.hyperparameters.totalTimesteps)",
      reached.interquartileMean.digits(1), reached.median.digits(1), reached.lowest.digits(1),
      Statistics.quantile(0.5, of: episodes).digits(1),
      target?.cell ?? "–", target.map { $0.isMet(by: reached) ? "yes" : "NO" } ?? "–",
    ]
  }
}

/// Trains a policy to the end, on one thread, and evaluates it.
private func evaluation(
  of preset: Preset, seed: UInt64, evaluationSeed: UInt64
) throws -> Evaluation {
  try evaluation(
    of: preset, in: EnvironmentRegistry.builtIn.environment(named: preset.environment),
    seed: seed, evaluationSeed: evaluationSeed)
}

private func evaluation(
  of preset: Preset, in environment: any BatchableEnvironment, seed: UInt64, evaluationSeed: UInt64
) throws -> Evaluation {
  var hyperparameters = preset.hyperparameters
  // Looking at the policy on the way changes nothing but the time.
  hyperparameters.evaluationInterval = 0
  let trainer = try Trainer(environment, hyperparameters, seed: seed, threads: 1)
  try trainer.train()
  return try trainer.policy.evaluate(in: environment, episodes: 100, seed: evaluationSeed)
}
