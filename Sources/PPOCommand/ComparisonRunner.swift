import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import RunRecords
import Synchronization
import TensorCore

/// Trains the runs of a comparison, as many at once as there are threads, each on one of them.
struct ComparisonRunner {
  let environment: any BatchableEnvironment
  let plan: ComparisonPlan
  /// Where the names of the balancers are looked up.
  let balancers: BalancerRegistry
  /// The folder of the comparison.
  let output: URL
  /// How many episodes the final evaluation of a run has.
  let episodes: Int
  let threads: Int
  let writesTensorBoard: Bool
  let showsProgress: Bool

  /// The folders of the runs, in the order of the plan.
  var folders: [RunFolder] {
    plan.runs.map {
      RunFolder(existing: output.appendingPathComponent("runs").appendingPathComponent($0.name))
    }
  }

  /// Trains what is not finished yet.
  ///
  /// - Parameter shouldStop: Whether to stop now.
  /// - Returns: How the runs ended, in the order of the plan; `nil` if they were stopped.
  /// - Throws: If a folder holds another run, or a file cannot be read or written.
  func run(until shouldStop: @Sendable () -> Bool) throws -> [ComparedRun]? {
    let folders = folders
    for (run, folder) in zip(plan.runs, folders) { _ = try run.isBegun(in: folder) }
    let progress = Mutex(Progress(count: plan.runs.count))
    WorkerPool(count: min(threads, plan.runs.count)).run(plan.runs.count) { task, _ in
      if shouldStop() || progress.withLock({ $0.error != nil }) { return }
      do {
        guard let end = try train(plan.runs[task], in: folders[task], until: shouldStop) else {
          return
        }
        let note = progress.withLock { $0.add(end, of: plan.runs[task].name, at: task) }
        if showsProgress { tell(note) }
      } catch {
        progress.withLock { $0.error = error }
      }
    }
    return try progress.withLock { progress in
      if let error = progress.error { throw error }
      let ends = progress.ends.compactMap(\.self)
      return ends.count == plan.runs.count ? ends : nil
    }
  }

  /// Begins a run or goes on with it, and evaluates it at its end.
  private func train(
    _ run: PlannedRun, in folder: RunFolder, until shouldStop: () -> Bool
  ) throws -> ComparedRun? {
    if let end = ComparedRun.finished(in: folder, episodes: episodes) { return end }
    if try !run.isBegun(in: folder) {
      _ = try RunFolder(creating: folder.url, for: run.configuration)
    }
    let lock = try RunLock(folder)
    let trainer =
      try folder.latestCheckpoint.map {
        try Trainer(
          environment, resuming: Checkpoint(contentsOf: $0), threads: 1, balancers: balancers)
      }
      ?? Trainer(
        environment, run.configuration.hyperparameters, seed: run.configuration.seed, threads: 1,
        balancers: balancers)
    trainer.probeInterval = 50
    var failure: String?
    do {
      let session = try TrainingSession(
        trainer, in: folder, lock: lock, showsWarnings: false,
        writesTensorBoard: writesTensorBoard)
      _ = try session.run(until: shouldStop)
      if !trainer.isFinished { return nil }
    } catch let error as TrainingError {
      // That a method makes numbers blow up is a result, too; the policy is that from before.
      failure = error.description
    }
    return try evaluate(trainer, run, in: folder, lock, failure: failure, until: shouldStop)
  }

  private func evaluate(
    _ trainer: Trainer, _ run: PlannedRun, in folder: RunFolder, _ lock: RunLock,
    failure: String?, until shouldStop: () -> Bool
  ) throws -> ComparedRun? {
    var evaluation: Evaluation?
    var failure = failure
    do {
      evaluation = try trainer.policy.evaluate(
        in: environment, episodes: episodes, seed: run.configuration.seed,
        until: shouldStop)
    } catch {
      if error.problem == .stopped { return nil }
      // As where training stops: the other runs go on.
      failure = failure ?? error.description
    }
    let seconds = try ProgressRecord(contentsOf: folder.progress).seconds
    let end = ComparedRun(
      run.configuration, evaluation, episodes: episodes, trainer, seconds: seconds,
      failure: failure)
    try end.write(to: folder, lock)
    return end
  }
}

/// What is known of a comparison while it goes on.
private struct Progress {
  var ends: [ComparedRun?]
  var error: (any Error)?

  init(count: Int) { ends = Array(repeating: nil, count: count) }

  /// Notes the end of a run and says so in a sentence.
  mutating func add(_ end: ComparedRun, of name: String, at task: Int) -> String {
    ends[task] = end
    return """
      \(ends.count { $0 != nil }) of \(ends.count): \(name), mean return \
      \(end.meanReturn.map { fixed($0, 1) } ?? "none")\(end.failure.map { "; \($0)" } ?? "")
      """
  }
}
