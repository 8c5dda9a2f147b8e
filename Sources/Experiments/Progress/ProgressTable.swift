import Foundation
import PolicyOptimization
import StoredFiles

/// Writes `progress.csv`: a row for each update that is recorded and one for the latest, with the
/// columns of ``ProgressScalars``.
///
/// A cell is empty where there is no value.
package final class ProgressTable {
  private let file: AppendingFile
  private let names: [String]
  private var otherCells: [String] = []
  /// The row that was added last, or that the run goes on behind; the number of an evaluation may still
  /// be put into it.
  private var latest: Row?

  private struct Row {
    /// One for each column of the table.
    var cells: [String]
    var isLasting: Bool
    var line: [UInt8] { Array((cells.joined(separator: ",") + "\n").utf8) }
  }

  /// Seconds of training in the table when it was continued, 0 for a new one.
  package private(set) var secondsBefore = 0.0
  /// Seconds of all programs of the run in it, 0 for a new one.
  private(set) var elapsedBefore = 0.0
  /// How many of them had passed when the task was solved, where that was before.
  private(set) var solvedAtSeconds: Double?
  /// The step of its first row when it was continued, `nil` if it had none.
  private(set) var firstTimestep: Int?
  /// Where a table was put that was damaged, so that the run could go on with a new one.
  package private(set) var setAside: URL?

  /// Starts a table; a file of that name is replaced.
  ///
  /// - Parameters:
  ///   - url: Where to.
  ///   - folder: Its folder, if that is held open.
  ///   - scalars: The columns.
  /// - Throws: `WritingError` if the file cannot be made.
  package init(url: URL, in folder: OpenedFolder? = nil, scalars: ProgressScalars) throws {
    names = scalars.names
    file = try AppendingFile(
      url.lastPathComponent, in: folder ?? OpenedFolder(containing: url),
      beginningWith: Data((scalars.names.joined(separator: ",") + "\n").utf8))
  }

  /// Continues the table of a run that goes on from an earlier step.
  ///
  /// Rows of later steps, which the run will repeat, and what a killed process has left of a line
  /// are dropped. That happens in one step on the disk: a crash leaves the old table or the new one.
  /// A column that this version does not write keeps its numbers. A table that cannot be read is set
  /// aside under another name.
  ///
  /// - Parameters:
  ///   - url: The table; if there is none, a new one is started.
  ///   - folder: Its folder, if that is held open.
  ///   - timestep: The step that the run goes on from.
  ///   - scalars: The columns.
  ///   - solvedAt: The step at which the task was solved, if it was.
  ///   - isRecorded: Whether the row of the step that the run goes on from stays, by that step, the
  ///     step of the row before, and whether it has the number of an evaluation; else it stands there
  ///     until there is a later one. By default it stays.
  /// - Throws: `WritingError` if it cannot be written.
  package init(
    continuing url: URL, in folder: OpenedFolder? = nil, at timestep: Int,
    scalars: ProgressScalars, solvedAt: Int? = nil,
    isRecorded: (_ timestep: Int, _ before: Int, _ isEvaluated: Bool) -> Bool = { _, _, _ in true }
  ) throws {
    names = scalars.names
    let opened: OpenedFolder
    if let folder { opened = folder } else { opened = try OpenedFolder(containing: url) }
    let name = url.lastPathComponent
    var text = scalars.names.joined(separator: ",") + "\n"
    do {
      if let record = try Self.record(at: url, in: opened) {
        let others = record.columns.filter { !scalars.names.contains($0) }
        otherCells = others.map { _ in "" }
        var rows = record.rows(columns: scalars.names + others, through: timestep)
        let steps = record.steps.prefix(rows.count)
        if steps.last == timestep {
          let evaluation = record[ProgressScalars.evaluationName]?[steps.count - 1]
          latest = Row(
            cells: rows.removeLast(),
            isLasting: isRecorded(
              timestep, steps.dropLast().last ?? 0, evaluation?.isFinite ?? false))
        }
        text = ([scalars.names + others] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
        firstTimestep = steps.first
        secondsBefore = record.seconds(at: timestep)
        elapsedBefore = record.latest(ProgressScalars.elapsedName, at: timestep) ?? secondsBefore
        solvedAtSeconds = solvedAt.flatMap { record.elapsed(whenSolvedAt: $0) }
      }
    } catch is RecordError {
      // A damaged table is no reason to lose a good checkpoint.
      let aside = url.appendingPathExtension("damaged-\(UUID().uuidString.prefix(8))")
      try opened.move(name, to: aside.lastPathComponent)
      setAside = aside
    }
    file = try AppendingFile(
      name, in: opened, beginningWith: Data(text.utf8), ending: latest?.line ?? [])
  }

  /// The table that there is, `nil` if there is none or an empty one.
  private static func record(at url: URL, in folder: OpenedFolder) throws -> ProgressRecord? {
    guard folder.contains(url.lastPathComponent), (try? fileContents(of: url))?.isEmpty != true
    else { return nil }
    return try ProgressRecord(contentsOf: url)
  }

  /// Adds the row of an update.
  ///
  /// - Parameters:
  ///   - values: A number for each column of ``ProgressScalars``.
  ///   - isLasting: Whether the row stays; else the next one takes its place.
  package func add(_ values: [Double], isLasting: Bool = true) {
    begin(Row(cells: values.map(Self.text) + otherCells, isLasting: isLasting))
  }

  /// Puts the number of an evaluation into the latest row, which then stays: the evaluation was
  /// interrupted, and is done now. Where there is no row of that step, one with nothing else is added.
  ///
  /// - Parameters:
  ///   - number: The number.
  ///   - timestep: The step at which the policy was evaluated.
  /// - Returns: A number for each column of ``ProgressScalars``, `nan` for those that stay in any case.
  func addEvaluation(_ number: Double, at timestep: Int) -> [Double] {
    let step = Self.text(Double(timestep))
    var row = Row(
      cells: names.map { $0 == ProgressScalars.stepName ? step : "" } + otherCells,
      isLasting: false)
    if let latest,
      zip(names, latest.cells).contains(where: { $0 == ProgressScalars.stepName && $1 == step })
    {
      row = latest
      self.latest = nil
    }
    let isWhole = !row.isLasting
    row.isLasting = true
    let place = names.firstIndex(of: ProgressScalars.evaluationName)
    if let place { row.cells[place] = Self.text(number) }
    begin(row)
    return names.indices.map { isWhole || $0 == place ? Double(row.cells[$0]) ?? .nan : .nan }
  }

  /// Leaves the row before where it is, if it stays, and shows a new one behind it.
  private func begin(_ row: Row) {
    if let latest, latest.isLasting {
      file.ending = []
      file.append(latest.line)
    }
    latest = row
    file.ending = row.line
    file.flushIfDue()
  }

  /// Hands what was added to the system; so does `add(_:isLasting:)` every second.
  package func flush() { file.flush() }

  /// Ends the table.
  ///
  /// - Throws: `WritingError` if not all of it could be written.
  package func close() throws { try file.finish() }

  private static func text(_ number: Double) -> String {
    if number.isNaN { return "" }
    return number == number.rounded() && abs(number) < 1e15
      ? String(Int(number)) : String(Float(number))
  }
}

extension ProgressRecord {
  /// How many seconds of training had passed at a step.
  func seconds(at timestep: Int) -> Double {
    zip(steps, self[ProgressScalars.secondsName] ?? [])
      .filter { $0.0 <= timestep && $0.1.isFinite }.map(\.1).max() ?? 0
  }

  /// The last number of a column up to a step.
  func latest(_ column: String, at timestep: Int) -> Double? {
    zip(steps, self[column] ?? []).reversed().first { $0.0 <= timestep && $0.1.isFinite }?.1
  }

  /// How many seconds the programs of the run had taken when the task was solved.
  func elapsed(whenSolvedAt timestep: Int) -> Double? {
    let seconds = self[ProgressScalars.elapsedName] ?? self[ProgressScalars.secondsName] ?? []
    return zip(steps, seconds).first { $0.0 >= timestep && $0.1.isFinite }?.1
  }

  /// The rows of the table up to a step, with the cells of other columns empty.
  func rows(columns: [String], through timestep: Int) -> [[String]] {
    let places = columns.map { self.columns.firstIndex(of: $0) }
    return zip(steps, rows).filter { $0.0 <= timestep }.map { _, cells in
      places.map { $0.map { String(cells[$0]) } ?? "" }
    }
  }
}
