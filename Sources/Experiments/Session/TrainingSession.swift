import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles

/// Trains to the end, or until asked to stop, and keeps everything that the run's folder is to hold.
///
///     let session = try TrainingSession(of: Corridor(), hyperparameters, in: url, resumes: true)
///     let summary = try session.run()
///
/// The same lines go on later where the run stopped. Another initialiser takes a trainer, a folder and
/// its lock that were made before.
public final class TrainingSession {
  /// What is trained.
  public let trainer: Trainer
  private let folder: RunFolder
  private let lock: RunLock
  private let options: Options
  private let configuration: RunConfiguration
  /// The records, open from the beginning or the last ``run(pausingAt:listener:until:)`` on.
  private var recorder: RunRecorder?
  private var age: Double
  /// What the balancer did in this program.
  public private(set) var balance = BalanceHistory()
  private let clock = ContinuousClock()
  private var lastCheckpoint = ContinuousClock.now
  private var isBest = false
  /// The best checkpoint as long as it could not be written.
  private var unwrittenBest: Data?
  private var hasToldOfFailure = false
  private var lastLook = ContinuousClock.now
  private var folderFailure: RunFolderError?

  private struct Options {
    var secondsBetweenCheckpoints: Double
    var showsProgress: Bool
    var showsWarnings: Bool
    var naming: HyperparameterNaming
    var writesTensorBoard: Bool
    var records: Int
  }

  /// Opens the records of a run.
  ///
  /// What the folder's `config.json` says is compared with the trainer. Only how long the run is and
  /// whether it stops when the task is solved may differ, and the type of a network that the
  /// hyperparameters do not describe may be missing: these are written there.
  ///
  /// - Parameters:
  ///   - trainer: What is trained, new or resumed.
  ///   - folder: The folder of the run, with its `config.json`.
  ///   - lock: Keeps others from training in the folder.
  ///   - secondsBetweenCheckpoints: At most how much work a crash can cost.
  ///   - showsProgress: Whether to print on standard error how far the run has come.
  ///   - showsWarnings: Whether to print there what goes wrong.
  ///   - naming: What these warnings call hyperparameters.
  ///   - writesTensorBoard: Whether to write a file for TensorBoard.
  ///   - records: How many updates are recorded at most, spread evenly over the run; 0 for all. See
  ///     ``RecordThinning``.
  ///   - age: How many seconds ago the program began, for when the task was solved.
  /// - Throws: If the folder says that something else was trained, or cannot be written to.
  public init(
    _ trainer: Trainer, in folder: RunFolder, lock: RunLock,
    secondsBetweenCheckpoints: Double = 10, showsProgress: Bool = false,
    showsWarnings: Bool = true, naming: HyperparameterNaming = .properties,
    writesTensorBoard: Bool = true,
    records: Int = RecordThinning.defaultCount, age: Double = 0
  ) throws {
    self.trainer = trainer
    self.folder = folder
    self.lock = lock
    self.age = age
    options = Options(
      secondsBetweenCheckpoints: secondsBetweenCheckpoints, showsProgress: showsProgress,
      showsWarnings: showsWarnings, naming: naming, writesTensorBoard: writesTensorBoard,
      records: records)
    configuration = try folder.configuration(of: trainer, lock)
    if completeSummary == nil { recorder = try openRecords() }
  }

  private func openRecords() throws -> RunRecorder {
    defer { age = 0 }
    return try RunRecorder(
      of: trainer, in: folder, lock.opened, showsProgress: options.showsProgress,
      showsWarnings: options.showsWarnings, naming: options.naming,
      writesTensorBoard: options.writesTensorBoard && !trainer.isFinished,
      records: options.records, age: age, configuration: configuration, balance: balance)
  }

  /// The summary of a run that is complete and was before: there is nothing to do for it.
  private var completeSummary: RunSummary? {
    guard trainer.isFinished, let summary = try? RunSummary(contentsOf: folder.summary),
      summary.totalTimesteps == trainer.timestep, summary.seed == trainer.seed
    else { return nil }
    return summary
  }

  /// Trains. May be called again, to go on after a pause; a run that is complete is left as it is.
  ///
  /// - Parameters:
  ///   - pause: After how many steps to stop as if interrupted, or `nil`.
  ///   - listener: Receives the events of the run, besides the records.
  ///   - shouldStop: Whether to stop now.
  /// - Returns: How the run ended, or how far it came.
  /// - Throws: If a number was not finite, a file could not be written, or the folder was moved.
  public func run(
    pausingAt pause: Int? = nil, listener: (TrainingEvent) -> Void = { _ in },
    until shouldStop: () -> Bool = { false }
  ) throws -> RunSummary {
    if recorder == nil, let completeSummary { return completeSummary }
    let recorder = try recorder ?? openRecords()
    self.recorder = nil
    // That of a shorter run, which ends somewhere else now.
    if !trainer.isFinished { try lock.opened.remove(folder.summary.lastPathComponent) }
    func hasComeToPause() -> Bool { pause.map { trainer.timestep >= $0 } ?? false }
    var isPaused = hasComeToPause()
    let training = Result {
      try trainer.train(listener: { event in
        listen(to: event, recorder)
        // Not before the evaluation that follows the iteration.
        if case .iterationFinished = event { isPaused = hasComeToPause() }
        listener(event)
      }) {
        folderFailure != nil || isPaused || shouldStop()
      }
    }
    balance = recorder.balance
    recorder.flush()
    let storing = [
      Result { try storeBest() },
      Result { if isWhole(after: training) { try store(as: folder.checkpoint) } },
    ]
    let recording = Result { try recorder.finish() }
    lookAtFolder()
    if case .failure(let error) = training {
      for case .failure(let other) in storing { recorder.say("\(other)") }
      if folderFailure != nil { recorder.say("\(error)") }
    }
    if let folderFailure { throw folderFailure }
    try training.get()
    for result in storing { try result.get() }
    try recording.get()
    let summary = summary(recorder)
    if trainer.isFinished { try summary.write(to: folder, lock) }
    return summary
  }

  /// Whether the trainer stands between two iterations; else the checkpoint that was written last is
  /// the one to go on from.
  private func isWhole(after training: Result<Void, any Error>) -> Bool {
    if case .failure = training { trainer.canTakeBack } else { true }
  }

  private func listen(to event: TrainingEvent, _ recorder: RunRecorder) {
    recorder.record(event)
    switch event {
    case .evaluated(let report):
      isBest = report.isBest
    case .iterationFinished:
      if clock.now - lastLook >= .seconds(1) { lookAtFolder() }
      // The best first: a run that goes on from a checkpoint does not evaluate that policy again.
      if isBest {
        attempt(recorder) {
          unwrittenBest = try trainer.checkpoint.data
          try storeBest()
        }
      }
      isBest = false
      if (clock.now - lastCheckpoint) / .seconds(1) >= options.secondsBetweenCheckpoints {
        attempt(recorder) { try storeBest() }
        attempt(recorder) { try store(as: folder.checkpoint) }
        lastCheckpoint = clock.now
      }
    default:
      break
    }
  }

  /// Ends the training where the folder is no longer at its path; looked at once a second and at the
  /// end, whatever that is.
  private func lookAtFolder() {
    guard folderFailure == nil else { return }
    lastLook = clock.now
    do { try lock.checkPath() } catch { folderFailure = error }
  }

  /// Writes a checkpoint to the folder that is held open: what was trained is worth keeping even
  /// where the folder was moved.
  private func store(as url: URL) throws {
    try lock.opened.write(trainer.checkpoint.data, as: url.lastPathComponent)
  }

  /// Writes the best checkpoint, if it is not written yet.
  private func storeBest() throws {
    guard let data = unwrittenBest else { return }
    try lock.opened.write(data, as: folder.best.lastPathComponent)
    unwrittenBest = nil
  }

  /// Stores something of the run as it is now. Where that fails, training goes on: there may be room
  /// again later, and then it is stored.
  private func attempt(_ recorder: RunRecorder, _ storing: () throws -> Void) {
    recorder.flush()
    do {
      try storing()
      if unwrittenBest == nil { hasToldOfFailure = false }
    } catch {
      if !hasToldOfFailure { recorder.say("\(error) Training goes on.") }
      hasToldOfFailure = true
    }
  }

  private func summary(_ recorder: RunRecorder) -> RunSummary {
    RunSummary(
      environment: trainer.environment.name, seed: trainer.seed, totalTimesteps: trainer.timestep,
      wallSeconds: recorder.wallSeconds, meanReturn: trainer.meanReturn,
      solvedAtTimestep: trainer.solvedAt, solvedAtSeconds: recorder.solvedAtSeconds,
      output: folder.url.relativePath, untimedTimesteps: recorder.untimedTimesteps)
  }
}
