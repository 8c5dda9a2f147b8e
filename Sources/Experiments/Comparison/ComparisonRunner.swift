import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import StoredFiles
import Synchronization
import TensorCore

/// Compares balancers over seeds and reward scales: trains the runs of a plan, as many at once as there
/// are threads, each on one of them, evaluates them, and writes a table and a picture.
///
///     let plan = ComparisonPlan(
///       environment: "Corridor", hyperparameters: hyperparameters,
///       balancers: ["fixed", "log"], rewardScales: [0.01, 1, 100], seeds: 5)
///     let runner = ComparisonRunner(of: plan, in: Corridor(), folder: url)
///     if let comparison = try runner.run() { print(comparison.csv) }
///
/// Run again in the same folder, it goes on where it stopped.
public struct ComparisonRunner: Sendable {
  private let environment: any BatchableEnvironment
  private let plan: ComparisonPlan
  private let balancers: BalancerRegistry
  private let output: URL
  private let episodes: Int
  private let threads: Int
  private let writesTensorBoard: Bool
  private let ranks: any RankGroup

  /// Prepares a comparison.
  ///
  /// - Parameters:
  ///   - plan: The runs.
  ///   - environment: The environment of all runs.
  ///   - folder: The folder of the comparison, which need not exist.
  ///   - episodes: The episodes of the evaluation at the end of each run.
  ///   - threads: How many runs are trained at once.
  ///   - balancers: Where the names of the balancers are looked up.
  ///   - writesTensorBoard: Whether to write files for TensorBoard.
  ///   - ranks: The processes that the runs are dealt to, all of which see the folder.
  public init(
    of plan: ComparisonPlan, in environment: any BatchableEnvironment, folder: URL,
    episodes: Int = 100, threads: Int = WorkerPool.machineThreads,
    balancers: BalancerRegistry = .standard, writesTensorBoard: Bool = true,
    ranks: any RankGroup = SingleRank()
  ) {
    self.ranks = ranks
    self.plan = plan
    self.environment = environment
    output = folder
    self.episodes = episodes
    self.threads = threads
    self.balancers = balancers
    self.writesTensorBoard = writesTensorBoard
  }

  /// The table of all runs, a CSV file.
  public var table: URL { output.appendingPathComponent("comparison.csv") }

  /// The learning curves, an SVG picture.
  public var picture: URL { output.appendingPathComponent("learning-curves.svg") }

  /// The folders of the runs, in the order of the plan.
  public var folders: [RunFolder] {
    plan.runs.map {
      RunFolder(existing: output.appendingPathComponent("runs").appendingPathComponent($0.name))
    }
  }

  /// Trains and evaluates what is not finished yet, and writes the table and the picture, which rank 0
  /// does where the runs are dealt to several.
  ///
  /// - Parameters:
  ///   - listener: Receives a sentence about each run that has ended.
  ///   - shouldStop: Whether to stop now.
  /// - Returns: The comparison; `nil` if it was stopped.
  /// - Throws: If a balancer or hyperparameters cannot be used, a folder holds another run, or a file
  ///   cannot be read or written.
  public func run(
    listener: @Sendable (String) -> Void = { _ in },
    until shouldStop: @Sendable () -> Bool = { false }
  ) throws -> Comparison? {
    for run in plan.runs {
      let hyperparameters = run.configuration.hyperparameters
      try hyperparameters.validateForTraining()
      _ = try balancers.make(hyperparameters.balancer, terms: hyperparameters.lossTerms)
    }
    let lock = try lockFolder()
    guard let ends = try ends(listener, until: shouldStop) else { return nil }
    let comparison = Comparison(ends, of: plan)
    guard let lock else { return comparison }
    let curves = try ComparisonPicture(
      of: plan, in: folders, threshold: environment.rewardThreshold)
    try lock.write(Data(comparison.csv.utf8), to: table)
    try lock.write(Data(curves.svg.utf8), to: picture)
    return comparison
  }

  /// Makes the folder, locked on rank 0; `nil` on other ranks, which must see it.
  private func lockFolder() throws -> RunLock? {
    var lock: RunLock?
    if ranks.rank == 0 {
      try makeFolders(to: output)
      lock = try RunLock(RunFolder(existing: output))
    }
    try DealtRuns(ranks).checkFolder(output)
    return lock
  }

  /// How the runs ended, in the order of the plan; `nil` if they were stopped.
  private func ends(
    _ listener: @Sendable (String) -> Void, until shouldStop: @Sendable () -> Bool
  ) throws -> [ComparedRun]? {
    let folders = folders
    for (run, folder) in zip(plan.runs, folders) { _ = try run.isBegun(in: folder) }
    let dealt = DealtRuns(ranks)
    let own = dealt.own(of: plan.runs.count) {
      ComparedRun.finished(in: folders[$0], episodes: episodes) != nil
    }
    let progress = Mutex(Progress(count: own.count))
    WorkerPool(count: max(1, min(threads, own.count))).run(own.count) { task, _ in
      if shouldStop() || progress.withLock({ $0.error != nil }) { return }
      let run = own[task]
      do {
        guard let end = try train(plan.runs[run], in: folders[run], until: shouldStop) else {
          return
        }
        let note = progress.withLock { $0.add(end, of: plan.runs[run].name, at: task) }
        listener(note)
      } catch {
        progress.withLock { $0.error = error }
      }
    }
    let ends = try progress.withLock { progress in
      if let error = progress.error { throw error }
      return progress.ends
    }
    let all = dealt.collect(
      Dictionary(uniqueKeysWithValues: zip(own, ends)).compactMapValues(\.self))
    let inOrder = (0..<plan.runs.count).compactMap { all[$0] }
    return inOrder.count == plan.runs.count ? inOrder : nil
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
    let begun = try StoppedRun(in: folder, environment: environment.name)
    let trainer = try begun.trainer(
      in: environment, begun.configuration, threads: 1, balancers: balancers)
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
      \(end.meanReturn.map { String(format: "%.1f", $0) } ?? "none")\(end.failure.map { "; \($0)" } ?? "")
      """
  }
}
