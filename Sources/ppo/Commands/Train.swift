import ArgumentParser
import ControlEnvironments
import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import RunRecords
import TensorCore

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a policy.",
    discussion: """
      Examples:
        ppo train --env cartpole
        ppo train --env cartpole --shared-trunk --balancer gradnorm --seed 2
      """)

  @Option(help: "Environment; see 'ppo environments'.") var env: String
  @Option(help: "Preset of the environment.") var preset: String?
  @Option(parsing: .unconditional, help: "Seed of all randomness.") var seed: UInt64 = 1
  @Option(parsing: .unconditional, help: "Threads; the result does not depend on it.") var threads:
    Int?
  @Option(help: "Folder for the run; a new one under runs/ if not given.") var output: String?
  @Flag(help: "Show no progress.") var quiet = false
  @Flag(help: "Print one JSON object on standard output.") var json = false
  @OptionGroup(title: "Hyperparameters (otherwise those of the preset)")
  var options: HyperparameterOptions

  func run() throws {
    try reportingFailure {
      if let threads, threads < 1 {
        throw usage("--threads is \(threads); it must be at least 1.")
      }
      try train(EnvironmentRegistry.builtIn.environment(named: env))
    }
  }

  private func train(_ environment: some Environment) throws {
    let hyperparameters = options.applied(to: try ppo::preset(named: preset, for: environment))
    let trainer = try Trainer(
      environment, hyperparameters, seed: seed, threads: threads ?? WorkerPool.machineThreads)
    let folder = try makeFolder(for: environment.name)
    try RunConfiguration(
      environment: environment.name, seed: seed, hyperparameters: hyperparameters
    ).write(to: folder.configuration)

    let interruption = Interruption()
    let recorder = try RunRecorder(
      folder: folder, termNames: hyperparameters.lossTerms.map(\.name),
      showsProgress: !quiet && !json)
    let result = Result {
      try trainer.train(listener: recorder.record, until: { interruption.isRequested })
    }
    try recorder.finish()
    try trainer.checkpoint.write(to: folder.checkpoint)
    try result.get()

    let summary = RunSummary(
      environment: environment.name, seed: seed, totalTimesteps: trainer.timestep,
      wallSeconds: recorder.trainingSeconds, meanReturn: trainer.meanReturn,
      solvedAtTimestep: trainer.solvedAt, solvedAtSeconds: recorder.solvedAtSeconds,
      output: folder.url.relativePath)
    try summary.write(to: folder.summary)
    try show(summary, wasInterrupted: trainer.timestep < hyperparameters.totalTimesteps)
  }

  private func makeFolder(for environment: String) throws -> RunFolder {
    if let output { return try RunFolder(creating: URL(fileURLWithPath: output)) }
    let runs = URL(fileURLWithPath: "runs", isDirectory: true)
    return try RunFolder(creatingUnused: "\(environment)-seed-\(seed)", in: runs)
  }

  private func show(_ summary: RunSummary, wasInterrupted: Bool) throws {
    if json { try printJSON(summary) } else { print(Self.text(summary)) }
    if wasInterrupted {
      tell("Interrupted after \(summary.totalTimesteps) steps; the policy is in \(summary.output).")
      throw ExitCode(130)
    }
  }

  private static func text(_ summary: RunSummary) -> String {
    let solved =
      if let timestep = summary.solvedAtTimestep, let seconds = summary.solvedAtSeconds {
        "solved at step \(timestep), \(fixed(seconds, 2)) s after the start"
      } else {
        "not solved by the mean of 100 training episodes"
      }
    return """
      \(summary.environment): \(summary.totalTimesteps) steps in \
      \(fixed(summary.wallSeconds, 2)) s (\(fixed(summary.stepsPerSecond, 0)) steps/s), \(solved)
      mean return of the last 100 episodes: \(summary.meanReturn.map { fixed($0, 1) } ?? "none")
      written to \(summary.output); try: ppo evaluate \(summary.output)
      """
  }
}
