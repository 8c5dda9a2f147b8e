import EnvironmentKit
import Foundation
import PolicyOptimization

/// Trains to the end, or until somebody interrupts, and keeps everything that the run's folder is to
/// hold.
///
///     let configuration = RunConfiguration(
///       environment: "Corridor", seed: 1, hyperparameters: hyperparameters)
///     let folder = try RunFolder(creating: url, for: configuration)
///     let trainer = try Trainer(Corridor(), hyperparameters, seed: 1)
///     let session = try TrainingSession(trainer, in: folder, lock: RunLock(folder))
///     let summary = try session.run()
///
/// Later, `Trainer(Corridor(), resuming: folder.latestCheckpoint)` goes on.
public final class TrainingSession<Base: Environment> {
  private let trainer: Trainer<Base>
  private let folder: RunFolder
  private let lock: RunLock
  private let recorder: RunRecorder<Base>
  private let secondsBetweenCheckpoints: Double
  private let clock = ContinuousClock()
  private var lastCheckpoint = ContinuousClock.now
  private var isBest = false
  private var hasToldOfFailure = false

  /// Opens the records of a run.
  ///
  /// - Parameters:
  ///   - trainer: What is trained, new or resumed.
  ///   - folder: The folder of the run, with its `config.json`.
  ///   - lock: Keeps others from training in the folder.
  ///   - secondsBetweenCheckpoints: At most how much work a crash can cost.
  ///   - showsProgress: Whether to tell on standard error how far the run has come.
  ///   - showsWarnings: Whether to tell there what goes wrong.
  ///   - writesTensorBoard: Whether to write a file for TensorBoard.
  ///   - age: How many seconds ago the program began, for when the task was solved.
  /// - Throws: If the folder cannot be written to.
  public init(
    _ trainer: Trainer<Base>, in folder: RunFolder, lock: RunLock,
    secondsBetweenCheckpoints: Double = 10, showsProgress: Bool = false,
    showsWarnings: Bool = true, writesTensorBoard: Bool = true, age: Double = 0
  ) throws {
    self.trainer = trainer
    self.folder = folder
    self.lock = lock
    self.secondsBetweenCheckpoints = secondsBetweenCheckpoints
    recorder = try RunRecorder(
      of: trainer, in: folder, showsProgress: showsProgress, showsWarnings: showsWarnings,
      writesTensorBoard: writesTensorBoard, age: age)
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - pause: After how many steps to stop as if interrupted, or `nil`.
  ///   - listener: Told what happens, besides the records.
  ///   - shouldStop: Whether somebody asked to stop.
  /// - Returns: How the run ended, or how far it came.
  /// - Throws: If a number was not finite, or a file could not be written.
  public func run(
    pausingAt pause: Int? = nil, listener: (TrainingEvent) -> Void = { _ in },
    until shouldStop: () -> Bool = { false }
  ) throws -> RunSummary {
    let training = Result {
      try trainer.train(listener: { event in
        listen(to: event)
        listener(event)
      }) {
        shouldStop() || pause.map { trainer.timestep >= $0 } ?? false
      }
    }
    recorder.flush()
    let storing = Result {
      if isWhole(after: training) { try trainer.checkpoint.write(to: folder.checkpoint) }
    }
    let recording = Result { try recorder.finish() }
    if case .failure = training, case .failure(let error) = storing { recorder.say("\(error)") }
    try training.get()
    try storing.get()
    try recording.get()
    let summary = summary
    if trainer.isFinished { try summary.write(to: folder.summary) }
    return summary
  }

  /// Whether the trainer stands between two iterations; else the checkpoint that was written last is
  /// the one to go on from.
  private func isWhole(after training: Result<Void, any Error>) -> Bool {
    if case .failure = training { trainer.canTakeBack } else { true }
  }

  private func listen(to event: TrainingEvent) {
    recorder.record(event)
    switch event {
    case .evaluated(let report):
      isBest = report.isBest
    case .iterationFinished:
      // The best first: a run that goes on from a checkpoint does not evaluate that policy again.
      if isBest { keep(at: folder.best) }
      isBest = false
      if (clock.now - lastCheckpoint) / .seconds(1) >= secondsBetweenCheckpoints {
        keep(at: folder.checkpoint)
        lastCheckpoint = clock.now
      }
    default:
      break
    }
  }

  /// What the balancer did in this program.
  public var balance: BalanceHistory { recorder.balance }

  /// Stores the run as it is now. Where that fails, training goes on: there may be room again later.
  private func keep(at url: URL) {
    recorder.flush()
    do {
      try trainer.checkpoint.write(to: url)
      hasToldOfFailure = false
    } catch {
      if !hasToldOfFailure { recorder.say("\(error) Training goes on.") }
      hasToldOfFailure = true
    }
  }

  private var summary: RunSummary {
    RunSummary(
      environment: trainer.environment.name, seed: trainer.seed, totalTimesteps: trainer.timestep,
      wallSeconds: recorder.wallSeconds, meanReturn: trainer.meanReturn,
      solvedAtTimestep: trainer.solvedAt, solvedAtSeconds: recorder.solvedAtSeconds,
      output: folder.url.relativePath)
  }
}
