import ArgumentParser
import ControlEnvironments
import ControlPresets
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization

/// Searches from the defaults on every built-in task, and compares what is found with the preset.
struct TuneStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "What a search finds from the defaults, beside the presets and Optuna.",
    discussion: """
      Starts from the defaults of all hyperparameters, with the steps of the task's preset, searches for some \
      minutes, and trains what was found and the preset on ten seeds that neither has seen. Each search has \
      a folder; given the same folders again, an interrupted study goes on.

        swift run -c release studies tune --seconds 600 --jobs 2
        swift run -c release studies tune --samplers halving,optuna --repetitions 5 --python venv/bin/python
      """)

  @Option(help: "One task alone.") var env: String?
  @Option(help: "Seconds of each search.") var seconds = 600.0
  @Option(help: "Searches with each sampler on each task.") var repetitions = 1
  @Option(help: "halving, optuna, or both, separated by a comma.") var samplers = "halving"
  @Option(help: "return, or steps-to-solve for tasks that can be solved.") var objective = "return"
  @Option(help: "The Python that has Optuna.") var python: String?
  @Option(help: "How many trials run at once.") var jobs = 2
  @Option(help: "Fresh seeds that judge.") var seeds = 10
  @Option(help: "The folder of the searches and tables.") var output = "results/tune"

  func run() throws {
    guard let objective = TuningObjective(rawValue: objective) else {
      throw ValidationError("The objective is '\(objective)'; it must be return or steps-to-solve.")
    }
    let name = try env.map { try EnvironmentRegistry.builtIn.environment(named: $0).name }
    var table = Table([
      "task", "sampler", "repetition", "found: IQM", "interval", "preset: IQM", "interval",
      "at least equal", "trials",
    ])
    let presets = Preset.builtIn.filter { $0.name == "default" }
    for preset in presets where name == nil || preset.environment == name {
      let environment = try EnvironmentRegistry.builtIn.environment(named: preset.environment)
      let reference = try fresh(preset.hyperparameters, environment, objective)
      for sampler in samplers.split(separator: ",").map(String.init) {
        for repetition in 1...max(repetitions, 1) {
          let result = try search(environment, preset, objective, sampler, repetition)
          let found = try fresh(result.best.hyperparameters, environment, objective)
          let row = row(found, reference, objective)
          table.add([environment.name, sampler, "\(repetition)"] + row + ["\(result.trialCount)"])
          print(table.rows.last?.joined(separator: "  ") ?? "")
        }
      }
    }
    print("\n" + table.text + "\n")
    try table.write("tune", to: output)
  }

  private func search(
    _ environment: any BatchableEnvironment, _ preset: Preset, _ objective: TuningObjective,
    _ sampler: String, _ repetition: Int
  ) throws -> TuningResult {
    var base = Hyperparameters()
    base.totalTimesteps = preset.hyperparameters.totalTimesteps
    let isBox = if case .box = environment.actionSpace { true } else { false }
    let plan = TuningPlan(
      environment: environment.name, base: base,
      space: .standard(fixing: [], hasRealActions: isBox), objective: objective, sampler: sampler,
      seed: UInt64(10_000 * repetition), trials: nil, budgetSeconds: seconds)
    let folder = try TuningFolder(
      URL(fileURLWithPath: output).appendingPathComponent(
        "\(environment.name)-\(objective.rawValue)-\(sampler)-\(repetition)"), for: plan)
    let partner =
      sampler == "optuna"
      ? try OptunaSampler(
        "tpe", space: plan.space, seed: plan.seed, study: environment.name, python: python) : nil
    let search = TuningSearch(
      plan,
      trials: TrialInMemory(in: environment, objective: objective, episodes: plan.episodes),
      sampler: partner, jobs: jobs, table: folder.table)
    guard let result = try search.run() else { throw ExitCode(130) }
    try folder.write(result)
    return result
  }

  /// The values on seeds that no search has used.
  private func fresh(
    _ hyperparameters: Hyperparameters, _ environment: any BatchableEnvironment,
    _ objective: TuningObjective
  ) throws -> [Double] {
    let trials = TrialInMemory(in: environment, objective: objective, episodes: 100)
    let outcomes = results(of: seeds, threads: jobs) { index in
      Result {
        try trials.outcome(
          of: TrialRequest(
            candidate: 0, stage: .confirmation, seed: UInt64(501 + index),
            hyperparameters: hyperparameters, medians: []), until: { false })
      }
    }
    let sign = objective.isCost ? -1.0 : 1.0
    return try outcomes.map { sign * (try $0.get()?.score ?? -.infinity) }
  }

  private func row(
    _ found: [Double], _ preset: [Double], _ objective: TuningObjective
  ) -> [String] {
    func interval(_ values: [Double]) -> String {
      Statistics.confidenceInterval(of: [values]).map {
        "\($0.lowerBound.digits(1)) to \($0.upperBound.digits(1))"
      } ?? "–"
    }
    let (first, second) = (
      Statistics.interquartileMean(found), Statistics.interquartileMean(preset)
    )
    let reference = Statistics.confidenceInterval(of: [preset]) ?? second...second
    let isEqual =
      objective.isCost ? first <= reference.upperBound : first >= reference.lowerBound
    return [
      first.digits(1), interval(found), second.digits(1), interval(preset), isEqual ? "yes" : "NO",
    ]
  }
}
