import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles
import TensorCore

/// Listens to a training run, keeps its time and writes down what happens.
final class RunRecorder {
  private unowned let trainer: Trainer
  private let scalars: ProgressScalars
  private let thinning: RecordThinning
  private let table: ProgressTable
  private let tensorBoard: TensorBoardRecords?
  private let display: ProgressDisplay
  private let age: Double
  private let showsWarnings: Bool
  private let naming: HyperparameterNaming
  private let begun = ContinuousClock.now
  private let clock = ContinuousClock()
  private var started: ContinuousClock.Instant
  private var elapsed = Duration.zero
  private let firstTimestep: Int
  /// How many steps other programs have taken in a time that is not known, since the table that held
  /// it was lost.
  let untimedTimesteps: Int
  private var lastTimestep: Int
  /// The step of the update that was written last, whether its row stays or not.
  private var writtenTimestep: Int
  private var histogramCount: Int
  private var isNewlySolved = false
  private var elapsedAtUpdate = 0.0
  private var report: UpdateReport?
  private var evaluation: PeriodicEvaluation?
  /// What the balancer did in this program.
  private(set) var balance: BalanceHistory
  /// When the task was solved, in seconds that the programs of the run had taken by then.
  private(set) var solvedAtSeconds: Double?

  /// Histograms are written at so many places of a run.
  private static var histogramsPerRun: Int { 20 }

  /// - Parameters:
  ///   - trainer: What is trained, new or resumed.
  ///   - folder: The folder of the run.
  ///   - opened: The same folder, held open.
  ///   - showsProgress: Whether to show on standard error how far it has come.
  ///   - showsWarnings: Whether to print warnings there.
  ///   - naming: What warnings call hyperparameters.
  ///   - writesTensorBoard: Whether to write a file for TensorBoard.
  ///   - records: How many updates are recorded at most, 0 for all.
  ///   - age: How many seconds ago the program began.
  ///   - configuration: What the run depends on.
  ///   - balance: What the balancer did before in this program.
  /// - Throws: If a file cannot be made.
  init(
    of trainer: Trainer, in folder: RunFolder, _ opened: OpenedFolder, showsProgress: Bool,
    showsWarnings: Bool, naming: HyperparameterNaming, writesTensorBoard: Bool, records: Int,
    age: Double,
    configuration: RunConfiguration,
    balance: BalanceHistory
  ) throws {
    self.trainer = trainer
    self.age = age
    self.balance = balance
    self.showsWarnings = showsWarnings
    self.naming = naming
    let timestep = trainer.timestep
    scalars = ProgressScalars(termNames: trainer.termNames)
    let hyperparameters = trainer.hyperparameters
    let thinning = RecordThinning(
      count: records,
      totalTimesteps: hyperparameters.iterationCount * hyperparameters.rolloutSize)
    self.thinning = thinning
    let solvedAt = trainer.solvedAt
    table =
      try timestep == 0
      ? ProgressTable(url: folder.progress, in: opened, scalars: scalars)
      : ProgressTable(
        continuing: folder.progress, in: opened, at: timestep, scalars: scalars, solvedAt: solvedAt
      ) { timestep, before, isEvaluated in
        isEvaluated || thinning.keeps(timestep, after: before)
          || solvedAt.map { before < $0 && $0 <= timestep } ?? false
      }
    solvedAtSeconds = table.solvedAtSeconds
    tensorBoard =
      try writesTensorBoard
      ? TensorBoardRecords(
        folder: folder, opened: opened, scalars: scalars, configuration: configuration,
        continuingAt: timestep)
      : nil
    display = ProgressDisplay(showsProgress: showsProgress)
    started = clock.now
    firstTimestep = timestep
    let before = (table.firstTimestep ?? .max) - hyperparameters.rolloutSize
    untimedTimesteps = table.secondsBefore > 0 ? min(max(before, 0), timestep) : timestep
    lastTimestep = timestep
    writtenTimestep = timestep
    histogramCount = timestep * Self.histogramsPerRun / trainer.hyperparameters.totalTimesteps
    if let aside = table.setAside {
      say("progress.csv was damaged; it is now \(aside.lastPathComponent), and a new one begins.")
    }
  }

  func record(_ event: TrainingEvent) {
    switch event {
    case .solved:
      solvedAtSeconds = elapsedSeconds
      isNewlySolved = true
    case .updated(let report):
      elapsed += clock.now - started
      elapsedAtUpdate = elapsedSeconds
      lastTimestep = report.timestep
      self.report = report
      balance.add(report)
      display.show(report, stepsPerSecond: stepsPerSecond)
    case .evaluated(let evaluation):
      self.evaluation = evaluation
    case .warning(let warning):
      say(warning.message.text(naming: naming))
    case .iterationFinished:
      if let report {
        write(report)
      } else if let evaluation {
        // Its update was recorded before the evaluation was interrupted.
        add(evaluation)
      }
      (report, evaluation) = (nil, nil)
      // Neither evaluations nor the writing of records and checkpoints count as training.
      started = clock.now
    }
  }

  private func write(_ report: UpdateReport) {
    let values = scalars.values(
      of: report, evaluation: evaluation?.evaluation, stepsPerSecond: stepsPerSecond,
      seconds: wallSeconds, elapsed: elapsedAtUpdate)
    let isLasting =
      evaluation != nil || isNewlySolved
      || thinning.keeps(report.timestep, after: writtenTimestep)
    isNewlySolved = false
    writtenTimestep = report.timestep
    table.add(values, isLasting: isLasting)
    if isLasting { tensorBoard?.add(values, step: report.timestep) }
    addHistograms(after: report)
  }

  private func add(_ evaluation: PeriodicEvaluation) {
    let values = table.addEvaluation(
      evaluation.evaluation.meanReturn, at: evaluation.timestep)
    tensorBoard?.add(values, step: evaluation.timestep)
  }

  private func addHistograms(after report: UpdateReport) {
    let due = report.timestep * Self.histogramsPerRun / report.totalTimesteps
    guard let tensorBoard, due > histogramCount else { return }
    histogramCount = due
    for slice in trainer.layout.slices {
      tensorBoard.addHistogram(
        "parameters/\(slice.name)", of: trainer.parameters.span.extracting(slice.range),
        step: report.timestep)
    }
    tensorBoard.addHistogram(
      "rollout/advantages", of: trainer.advantages.span, step: report.timestep)
  }

  /// How long training has taken in this program, up to the last update.
  private var trainingSeconds: Double { elapsed / .seconds(1) }

  /// How long training has taken since the run was begun, in all programs.
  var wallSeconds: Double { table.secondsBefore + trainingSeconds }

  /// How long the programs of the run have taken, all in all.
  private var elapsedSeconds: Double {
    table.elapsedBefore + age + (clock.now - begun) / .seconds(1)
  }

  /// Steps of all environments together in a second.
  private var stepsPerSecond: Double {
    Double(lastTimestep - firstTimestep) / max(trainingSeconds, 1e-9)
  }

  /// Says something to the user, in a line of its own.
  func say(_ sentence: String) {
    if showsWarnings { display.interrupt(with: sentence) }
  }

  /// Hands everything so far to the system; done before a checkpoint is written, so that it is not
  /// ahead of the records.
  func flush() {
    table.flush()
    tensorBoard?.flush()
  }

  /// Ends the records.
  ///
  /// - Throws: If not all of them could be written.
  func finish() throws {
    display.finish()
    try table.close()
    try tensorBoard?.close(isComplete: trainer.isFinished)
  }
}
