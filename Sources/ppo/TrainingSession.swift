import EnvironmentKit
import Foundation
import PolicyOptimization
import RunRecords

/// Trains to the end, or until somebody interrupts, and keeps everything that the run's folder is to
/// hold.
final class TrainingSession<Base: Environment> {
  private let trainer: Trainer<Base>
  private let folder: RunFolder
  private let lock: RunLock
  private let recorder: RunRecorder<Base>
  private let secondsBetweenCheckpoints: Double
  private let clock = ContinuousClock()
  private var lastCheckpoint = ContinuousClock.now
  private var writingFailure: (any Error)?

  /// - Parameters:
  ///   - trainer: What is trained, new or resumed.
  ///   - folder: The folder of the run, with its `config.json`.
  ///   - secondsBetweenCheckpoints: At most how much work a crash can cost.
  ///   - showsProgress: Whether to tell on standard error how far the run has come.
  ///   - writesTensorBoard: Whether to write a file for TensorBoard.
  /// - Throws: If the folder is in use, or cannot be written to.
  init(
    _ trainer: Trainer<Base>, in folder: RunFolder, secondsBetweenCheckpoints: Double,
    showsProgress: Bool, writesTensorBoard: Bool
  ) throws {
    self.trainer = trainer
    self.folder = folder
    self.secondsBetweenCheckpoints = secondsBetweenCheckpoints
    lock = try RunLock(folder)
    recorder = try RunRecorder(
      of: trainer, in: folder, showsProgress: showsProgress, writesTensorBoard: writesTensorBoard)
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - pause: After how many steps to stop as if interrupted, or `nil`.
  ///   - interruption: Whether somebody asked to stop.
  ///   - live: What shows the run in a window.
  /// - Returns: How the run ended, or how far it came.
  /// - Throws: If a number was not finite, or a file could not be written.
  func run(
    pausingAt pause: Int?, until interruption: Interruption = Interruption(),
    shownBy live: LiveTraining? = nil
  ) throws -> RunSummary {
    let trainer = trainer
    live?.show(trainer.policy)
    let result = Result {
      try trainer.train(
        listener: { event in
          listen(to: event)
          live?.record(event, policy: { trainer.policy })
        }
      ) {
        interruption.isRequested || pause.map { trainer.timestep >= $0 } ?? false
      }
    }
    try trainer.checkpoint.write(to: folder.checkpoint)
    try recorder.finish()
    try result.get()
    let summary = summary
    if trainer.isFinished { try summary.write(to: folder.summary) }
    return summary
  }

  private func listen(to event: TrainingEvent) {
    recorder.record(event)
    switch event {
    case .evaluated(let report) where report.isBest:
      keep(at: folder.best)
    case .iterationFinished:
      if (clock.now - lastCheckpoint) / .seconds(1) >= secondsBetweenCheckpoints {
        keep(at: folder.checkpoint)
        lastCheckpoint = clock.now
      }
    default:
      break
    }
  }

  /// What the balancer did in this program.
  var balance: BalanceHistory { recorder.balance }

  /// Stores the run as it is now. Where that fails, training goes on: there may be room again later.
  private func keep(at url: URL) {
    recorder.flush()
    do {
      try trainer.checkpoint.write(to: url)
    } catch {
      if writingFailure == nil { tell("ppo: \(error) Training goes on.") }
      writingFailure = error
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
