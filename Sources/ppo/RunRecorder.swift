import Foundation
import PolicyOptimization
import RunRecords

/// Listens to a training run, keeps its time and writes down what happens.
final class RunRecorder {
  private let table: ProgressTable
  private let line: ProgressLine?
  private let clock = ContinuousClock()
  private var started: ContinuousClock.Instant
  private var elapsed = Duration.zero
  private let firstTimestep: Int
  private var lastTimestep: Int
  /// When the task was solved, in seconds since the program started.
  private(set) var solvedAtSeconds: Double?

  /// - Parameters:
  ///   - folder: The folder of the run.
  ///   - termNames: The names of the loss terms.
  ///   - timestep: Where the run goes on, or 0 for a new one.
  ///   - showsProgress: Whether to tell on standard error how far it has come.
  /// - Throws: If the table cannot be made.
  init(folder: RunFolder, termNames: [String], continuingAt timestep: Int, showsProgress: Bool)
    throws
  {
    table =
      try timestep == 0
      ? ProgressTable(url: folder.progress, termNames: termNames)
      : ProgressTable(continuing: folder.progress, at: timestep, termNames: termNames)
    line = showsProgress ? ProgressLine() : nil
    started = clock.now
    firstTimestep = timestep
    lastTimestep = timestep
  }

  func record(_ event: TrainingEvent) {
    switch event {
    case .solved:
      solvedAtSeconds = ProcessAge.seconds
    case .updated(let report):
      elapsed += clock.now - started
      started = clock.now
      lastTimestep = report.timestep
      table.add(report, stepsPerSecond: stepsPerSecond)
      line?.show(report, stepsPerSecond: stepsPerSecond)
    case .evaluated:
      break
    case .warning(let warning):
      line?.interrupt(with: warning.sentence)
    case .iterationFinished:
      // Neither evaluations nor the writing of checkpoints count as training.
      started = clock.now
    }
  }

  /// How long training has taken in this program, up to the last update.
  var trainingSeconds: Double { elapsed / .seconds(1) }

  /// Steps of all environments together in a second.
  private var stepsPerSecond: Double {
    Double(lastTimestep - firstTimestep) / max(trainingSeconds, 1e-9)
  }

  /// Ends the records.
  func finish() throws {
    line?.finish()
    try table.close()
  }
}
