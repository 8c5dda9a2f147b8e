import Foundation
import PolicyOptimization
import RunRecords

/// Listens to a training run, keeps its time and writes down what happens.
final class RunRecorder {
  private let table: ProgressTable
  private let line: ProgressLine?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var end: ContinuousClock.Instant?
  /// When the task was solved, in seconds since the program started.
  private(set) var solvedAtSeconds: Double?

  init(folder: RunFolder, termNames: [String], showsProgress: Bool) throws {
    table = try ProgressTable(url: folder.progress, termNames: termNames)
    line = showsProgress ? ProgressLine() : nil
    start = clock.now
  }

  func record(_ event: TrainingEvent) {
    switch event {
    case .solved:
      solvedAtSeconds = ProcessAge.seconds
    case .updated(let report):
      end = clock.now
      let speed = Double(report.timestep) / max(trainingSeconds, 1e-9)
      table.add(report, stepsPerSecond: speed)
      line?.show(report, stepsPerSecond: speed)
    }
  }

  /// How long the run has taken up to its last update.
  var trainingSeconds: Double { (end ?? start) == start ? 0 : seconds(from: start, to: end) }

  private func seconds(
    from start: ContinuousClock.Instant, to end: ContinuousClock.Instant?
  ) -> Double {
    ((end ?? start) - start) / .seconds(1)
  }

  /// Ends the records.
  func finish() throws {
    line?.finish()
    try table.close()
  }
}
