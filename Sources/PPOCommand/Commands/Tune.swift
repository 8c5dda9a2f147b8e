import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import TensorCore

struct Tune: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Search for hyperparameters.",
      discussion: """
        Trains many candidates on one seed, the best few on more seeds, and the winner on seeds that \
        the search has not used; that result is reported with its interval, beside that of the preset. \
        Trials run in memory, each on one thread. Hyperparameters that are given are fixed. Given the \
        same folder again, it goes on where it was interrupted.

        Examples:
          \(program) tune --env \(exampleEnvironment)
          \(program) tune --env \(exampleEnvironment) --budget-seconds 600 --search learning-rate,gamma,ent-coef
          \(program) tune --env \(exampleEnvironment) --objective steps-to-solve --total-timesteps 50000
          \(program) train --config tunings/\(Program.current.environments.names.first ?? "NAME")/best.json
        """)
  }

  @OptionGroup var stray: StrayArguments
  @OptionGroup(title: "Search") var request: TuneOptions
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice
  @OptionGroup var options: HyperparameterOptions

  func run() throws {
    try reportingFailure {
      try stray.refuse()
      try check()
      try SharedProcess.refuseOthers(
        "tune", instead: "Start it once; --jobs trains several candidates at the same time.")
      var choice = choice
      // Where Python serves Optuna alone, the environment does not know it.
      if request.sampler == "optuna", Program.current.environments.source(of: request.env) == nil {
        choice.python = nil
      }
      try tune(in: choice.environment(named: request.env, threads: 1))
    }
  }

  private func check() throws {
    guard 1...1000 ~= request.seeds else {
      throw usage("--seeds is \(request.seeds); it must be from 1 to 1000.")
    }
    guard 1...100_000 ~= request.episodes else {
      throw usage("--episodes is \(request.episodes); it must be from 1 to 100000.")
    }
    if let jobs = request.jobs, !(1...1024 ~= jobs) {
      throw usage("--jobs is \(jobs); it must be from 1 to 1024.")
    }
    if let trials = request.trials, trials > 1_000_000 {
      throw usage("--trials is \(trials); it must be at most 1000000.")
    }
    if let seconds = request.budgetSeconds, !(seconds > 0 && seconds.isFinite) {
      throw usage("--budget-seconds is \(seconds); it must be more than 0.")
    }
    guard ["halving", "optuna"].contains(request.sampler) else {
      throw usage("--sampler is '\(request.sampler)'; it must be halving or optuna.")
    }
    if request.sampler == "halving", request.optunaSampler != nil || request.storage != nil {
      throw usage("--optuna-sampler and --storage need --sampler optuna.")
    }
    if let name = request.optunaSampler, !OptunaSampler.samplers.contains(name) {
      throw usage(
        "--optuna-sampler is '\(name)'; it must be one of "
          + "\(OptunaSampler.samplers.joined(separator: ", ")).")
    }
    if request.fromDefaults, request.preset != nil {
      throw usage("--preset and --from-defaults exclude each other; give one of them.")
    }
  }

  private var optunaSampler: String { request.optunaSampler ?? OptunaSampler.samplers[0] }

  private var sampler: String {
    request.sampler == "optuna" ? "optuna \(optunaSampler)" : request.sampler
  }

  /// Optuna in the user's Python, if that was asked for.
  private func partner(for plan: TuningPlan, _ table: TrialTable? = nil) throws -> OptunaSampler? {
    if request.sampler != "optuna" { return nil }
    return try OptunaSampler(
      optunaSampler, space: plan.space, seed: plan.seed, storage: request.storage,
      study: "\(plan.environment) \(plan.seed)", python: choice.python, table: table)
  }

  private func objective() throws -> TuningObjective {
    guard let objective = TuningObjective(rawValue: request.objective) else {
      let known = TuningObjective.allCases.map(\.rawValue).joined(separator: ", ")
      throw usage("--objective is '\(request.objective)'; it must be one of \(known).")
    }
    return objective
  }

  private func plan(in environment: any BatchableEnvironment) throws -> TuningPlan {
    let preset =
      request.fromDefaults
      ? nil : try PPOCommand::preset(named: request.preset, for: environment)
    let base = try options.applied(to: preset?.hyperparameters ?? Hyperparameters())
    let objective = try objective()
    if objective.isCost && environment.rewardThreshold == nil {
      throw usage(
        "\(environment.name) has no return at which it counts as solved; search with --objective "
          + "return.")
    }
    let isBox = if case .box = environment.actionSpace { true } else { false }
    let space = try SearchSpace(
      names: request.search.map { list in
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      }, file: request.space.map { try SearchSpaceFile(contentsOf: URL(fileURLWithPath: $0)) },
      fixing: Set(options.given.map(\.description.name)), hasRealActions: isBox)
    let plan = TuningPlan(
      environment: environment.name, options: environment.options,
      versions: environment.versions,
      preset: preset.flatMap { $0.environment.isEmpty ? nil : $0.name }, base: space.fitted(base),
      space: space,
      objective: objective, sampler: sampler, seed: request.seed ?? 1, seeds: request.seeds,
      trials: request.trials ?? (request.budgetSeconds == nil ? 200 : nil),
      budgetSeconds: request.budgetSeconds, episodes: request.episodes,
      stopsEarly: request.stopEarly)
    if let trials = request.trials, trials < plan.fewestTrials {
      throw usage(
        "--trials is \(trials); with --seeds \(request.seeds) it must be at least "
          + "\(plan.fewestTrials).")
    }
    try plan.base.validateForTraining()
    return plan
  }

  private func output(of plan: TuningPlan) -> String {
    request.output ?? "tunings/\(fileName(plan.environment))"
  }

  private func tune(in environment: any BatchableEnvironment) throws {
    let plan = try plan(in: environment)
    // That there is no Optuna is said before a folder is made.
    if !exists(URL(fileURLWithPath: output(of: plan))) { _ = try partner(for: plan) }
    let folder = try TuningFolder(
      URL(fileURLWithPath: output(of: plan)), for: plan)
    let search = try TuningSearch(
      plan,
      trials: TrialInMemory(
        in: environment, objective: plan.objective, episodes: plan.episodes,
        balancers: Program.current.balancers),
      sampler: partner(for: plan, folder.table), jobs: request.jobs ?? WorkerPool.machineThreads,
      table: folder.table)
    let interruption = Interruption()
    let display = TuningDisplay(showsProgress: !request.quiet && !request.json)
    let result = try search.run {
      display.show($0)
    } until: {
      interruption.isRequested
    }
    display.finish()
    guard let result else {
      tell(
        "Interrupted; the same command goes on where it was, in \(quoted(folder.url.relativePath))."
      )
      throw ExitCode(130)
    }
    try folder.write(result)
    if request.json {
      try printJSON(TuningReport(result, output: folder.url.relativePath))
    } else {
      try printResult(TuningReport.lines(result, folder))
    }
  }
}
