import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import StoredFiles
import TensorCore

struct Train: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Train a policy.",
      discussion: """
        Examples:
          \(program) train --env \(exampleEnvironment)
          \(program) train --env \(exampleEnvironment) --shared-trunk --balancer gradnorm --seed 2
          \(program) train --config \(exampleRun)/config.json --seed 2
          \(program) train --resume \(exampleRun) --total-timesteps 200000
          \(program) train --env pendulum --watch

        Hyperparameters that are not given are those of the preset. Numbers may be written 1e6 and \
        1_000_000.
        """)
  }

  @OptionGroup var stray: StrayArguments
  @OptionGroup(title: HyperparameterGroup.run.rawValue) var request: TrainOptions
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice
  @OptionGroup var options: HyperparameterOptions

  func run() throws {
    try reportingFailure {
      try stray.refuse()
      try validate(request.threads, atLeast: 1, "--threads")
      if let threads = request.threads, threads > 1024 {
        throw usage("--threads is \(threads); it must be at most 1024.")
      }
      if let threads = request.threads, threads > CompositeLoss.mostThreads, !request.quiet {
        tell(
          "An update uses at most \(CompositeLoss.mostThreads) of the \(threads) threads; others can "
            + "only step environments, each at least one.")
      }
      try validate(request.pauseAt, atLeast: 1, "--pause-at")
      try validate(request.probeEvery, atLeast: 0, "--probe-every")
      try validate(request.records, atLeast: 0, "--records")
      guard request.checkpointSeconds >= 0 else {
        throw usage("--checkpoint-seconds is \(request.checkpointSeconds); it must be 0 or more.")
      }
      guard request.rankTimeout > 0 else {
        throw usage("--rank-timeout is \(request.rankTimeout); it must be more than 0.")
      }
      let ranks = try SharedProcess.join(secondsToWait: request.rankTimeout)
      if request.watch, ranks.count > 1 {
        throw usage("--watch needs one process; \(ranks.count) share this run.")
      }
      if let resume = request.resume {
        try go(on: RunFolder(existing: URL(fileURLWithPath: resume)), ranks)
      } else {
        try begin(ranks)
      }
    }
  }

  private func validate(_ value: Int?, atLeast least: Int, _ name: String) throws {
    if let value, value < least {
      throw usage("\(name) is \(value); it must be at least \(least).")
    }
  }

  private var threads: Int { request.threads ?? SharedProcess.threads }

  private var showsProgress: Bool { !request.quiet && !request.json }

  // MARK: A new run

  private func begin(_ ranks: any RankGroup) throws {
    let file = try request.config.map {
      try ConfigurationFile(contentsOf: URL(fileURLWithPath: $0))
    }
    if let network = file?.network {
      throw usage(
        "\(request.config ?? "The file") was trained with \(network), a network that hyperparameters do "
          + "not describe; train it with the program that has it.")
    }
    guard let name = request.env ?? file?.environment else {
      throw usage(
        "Nothing says what to train in; give --env, as in '\(program) train --env \(exampleEnvironment)', or --resume."
      )
    }
    let stored = file?.environmentOptions ?? EnvironmentOptions()
    try begin(in: choice.environment(named: name, stored: stored, threads: threads), file, ranks)
  }

  private func begin(
    in environment: any BatchableEnvironment, _ file: ConfigurationFile?, _ ranks: any RankGroup
  ) throws {
    let preset = try PPOCommand::preset(named: request.preset ?? file?.preset, for: environment)
    if let preset, preset.environment.isEmpty, showsProgress {
      tell(
        "There is no preset for \(environment.name); it is trained with \(preset.source), which any "
          + "option changes.")
    }
    let base = preset?.hyperparameters ?? Hyperparameters()
    let configuration = RunConfiguration(
      environment: environment.name, seed: request.seed ?? file?.seed ?? 1,
      preset: preset.flatMap { $0.environment.isEmpty ? nil : $0.name },
      hyperparameters: try options.applied(to: file?.applied(to: base) ?? base),
      environmentOptions: environment.options, versions: environment.versions)
    let trainer = try trainer(environment, configuration, ranks)
    if ranks.rank > 0 { return accompany(trainer) }
    if showsProgress { SharedRun.warn(about: trainer, splitsUpdate: request.splitUpdate) }
    try train(trainer, in: makeFolder(for: configuration))
  }

  private func trainer(
    _ environment: any BatchableEnvironment, _ configuration: RunConfiguration,
    _ ranks: any RankGroup
  ) throws -> Trainer {
    try Trainer(
      environment, configuration.hyperparameters, seed: configuration.seed,
      threads: threads,
      balancers: Program.current.balancers, detectsAnomalies: request.detectAnomalies,
      ranks: ranks, splitsUpdate: request.splitUpdate)
  }

  private func makeFolder(for configuration: RunConfiguration) throws -> RunFolder {
    if let output = request.output {
      do {
        return try RunFolder(creating: URL(fileURLWithPath: output), for: configuration)
      } catch let error as RunFolderError {
        throw failure("\(error) Another is given with --output.")
      }
    }
    return try RunFolder(
      creatingUnused: "\(fileName(configuration.environment))-seed-\(configuration.seed)",
      in: URL(fileURLWithPath: "runs", isDirectory: true), for: configuration)
  }

  // MARK: A run that is resumed

  private func go(on folder: RunFolder, _ ranks: any RankGroup) throws {
    let others = [
      ("--preset", request.preset), ("--config", request.config), ("--output", request.output),
    ]
    if let (name, _) = others.first(where: { $1 != nil }) {
      throw usage("\(name) cannot be given with --resume: the run goes on as it was begun.")
    }
    if ranks.rank > 0 { return try SharedRun.withCopy(from: ranks) { try go(on: $0, nil, ranks) } }
    guard FileManager.default.fileExists(atPath: folder.configuration.path) else {
      throw failure(
        "There is no run in \(folder.url.relativePath): it has no config.json. Give the folder that "
          + "'\(program) train' has named.")
    }
    let lock = try RunLock(folder)
    try SharedRun.send(folder, to: ranks)
    try go(on: folder, lock, ranks)
  }

  private func go(on folder: RunFolder, _ lock: RunLock?, _ ranks: any RankGroup) throws {
    let file = try ConfigurationFile(contentsOf: folder.configuration, isRegular: true)
    guard let name = file.environment else {
      throw failure("\(folder.configuration.relativePath) does not name an environment.")
    }
    try go(
      on: folder, lock, file,
      in: choice.environment(
        named: name, stored: file.environmentOptions, threads: threads), ranks)
  }

  private func go(
    on folder: RunFolder, _ lock: RunLock?, _ file: ConfigurationFile,
    in environment: any BatchableEnvironment, _ ranks: any RankGroup
  ) throws {
    if let env = request.env, env != environment.name,
      try choice.environment(named: env).name != environment.name
    {
      throw usage("The run is in \(environment.name), not in '\(env)'; leave --env out.")
    }
    tellOtherVersions(of: environment, than: file.versions)
    let run = try StoppedRun(in: folder, file, environment: environment.name)
    let wanted = try run.configuration(
      with: options.applied(to: run.configuration.hyperparameters), seed: request.seed)
    let trainer = try run.trainer(
      in: environment, wanted, threads: threads, balancers: Program.current.balancers,
      detectsAnomalies: request.detectAnomalies, ranks: ranks, splitsUpdate: request.splitUpdate)
    guard let lock else { return accompany(trainer) }
    if trainer.isFinished, let summary = try? RunSummary(contentsOf: folder.summary) {
      trainer.finishRanks()
      return try finish(summary, note: nothingLeft(of: trainer))
    }
    if let notice = trainer.environmentNotice { tell("Resumed, but \(notice)") }
    try run.store(wanted, trainer, lock)
    try train(trainer, in: folder, lock)
  }

  /// Why there is nothing to train.
  private func nothingLeft(of trainer: Trainer) -> String {
    trainer.timestep < trainer.hyperparameters.totalTimesteps
      ? "The run ended when it was solved; go on with --no-stop-when-solved."
      : "The run is complete; make it longer with --total-timesteps."
  }

  // MARK: Both

  /// Trains, and opens the window before the folder is made if there is to be one.
  private func train(
    _ trainer: Trainer, in folder: @autoclosure @escaping () throws -> RunFolder,
    _ lock: RunLock? = nil
  ) throws {
    guard request.watch else { return try train(trainer, in: folder(), lock, shownBy: nil) }
    try LiveTraining.watch(trainer.environment, seed: trainer.seed) { live in
      try train(trainer, in: folder(), lock, shownBy: live)
    }
  }

  private var probeInterval: Int? { request.probeEvery == 0 ? nil : request.probeEvery }

  /// Trains beside rank 0.
  private func accompany(_ trainer: Trainer) {
    trainer.probeInterval = probeInterval
    SharedRun.accompany(trainer)
  }

  private func train(
    _ trainer: Trainer, in folder: RunFolder, _ lock: RunLock?, shownBy live: LiveTraining?
  ) throws {
    trainer.probeInterval = probeInterval
    let interruption = Interruption()
    let session = try TrainingSession(
      trainer, in: folder, lock: lock ?? RunLock(folder),
      secondsBetweenCheckpoints: request.checkpointSeconds,
      showsProgress: showsProgress, naming: .options,
      writesTensorBoard: request.tensorboard, records: request.records, age: ProcessAge.seconds)
    live?.show(trainer.policy)
    let summary: RunSummary
    do {
      summary = try session.run(pausingAt: request.pauseAt) { event in
        live?.record(event, policy: { trainer.policy })
      } until: {
        interruption.isRequested
      }
    } catch let error as TrainingError {
      try keep(error.details, in: folder)
      let code = failure(
        "\(error) It fails there again with: \(program) train --resume \(quoted(folder.url.relativePath))"
          + (request.detectAnomalies ? "" : " --detect-anomalies"))
      try SharedRun.end(trainer, code)
      throw code
    }
    trainer.finishRanks()
    if showsProgress { show(session.balance) }
    try finish(summary, note: nil)
    if !trainer.isFinished {
      tell(
        """
        \(interruption.isRequested ? "Interrupted after" : "Paused at") \(summary.totalTimesteps) of \
        \(trainer.hyperparameters.totalTimesteps) steps; go on with: \
        \(program) train --resume \(quoted(summary.output))
        """)
      throw SharedEnd(code: ExitCode(130))
    }
  }

  /// Keeps what an environment reports of its failure, such as a traceback.
  private func keep(_ details: String?, in folder: RunFolder) throws {
    guard let details else { return }
    try OpenedFolder(folder.url).write(
      Data(details.utf8), as: folder.workerLog.lastPathComponent)
    tell("What the environment tells of it stands in \(folder.workerLog.relativePath).")
  }

  private func finish(_ summary: RunSummary, note: String?) throws {
    if request.json { try printJSON(summary) } else { try printResult(lines(summary)) }
    if let note { tell(note) }
  }

  private func show(_ balance: BalanceHistory) {
    guard let rows = balance.rows, let verdict = balance.verdict else { return }
    tell(table(rows) + [verdict])
  }

  private func isSolvable(_ environment: String) -> Bool {
    let known = try? Program.current.environments.environment(named: environment)
    return known?.rewardThreshold != nil
  }

  /// How long the recorded steps took.
  private func duration(of summary: RunSummary) -> String {
    guard let stepsPerSecond = summary.stepsPerSecond else { return "" }
    return " in \(fixed(summary.wallSeconds, 2)) s (\(fixed(stepsPerSecond, 0)) steps/s)"
  }

  private func lines(_ summary: RunSummary) -> [String] {
    let solved =
      if let timestep = summary.solvedAtTimestep {
        ", solved at step \(timestep)"
          + (summary.solvedAtSeconds.map { ", \(fixed($0, 2)) s after the start" } ?? "")
      } else {
        // A task without a threshold cannot be solved.
        isSolvable(summary.environment) ? ", not solved by the mean of 100 training episodes" : ""
      }
    return [
      """
      \(summary.environment): \(summary.totalTimesteps) steps\(duration(of: summary))\(solved)
      """,
      "mean return of the last 100 episodes: \(summary.meanReturn.map { fixed($0, 1) } ?? "none")",
      "written to \(summary.output); try: \(program) evaluate \(quoted(summary.output))",
    ]
  }
}
