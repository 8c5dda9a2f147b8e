import Foundation
import PolicyOptimization
import StoredFiles

/// Writes `progress.csv`: a row for each update, with the columns of ``ProgressScalars``.
///
/// A cell is empty where there is nothing to tell.
public final class ProgressTable {
  private let file: AppendingFile
  private var emptyCells = ""

  /// How many seconds of training the table told of when it was continued, 0 for a new one.
  public private(set) var secondsBefore = 0.0
  /// Where a table was put that was damaged, so that the run could go on with a new one.
  public private(set) var setAside: URL?

  /// Starts a table; a file of that name is overwritten.
  ///
  /// - Parameters:
  ///   - url: Where to.
  ///   - scalars: The columns.
  /// - Throws: `WritingError` if the file cannot be made.
  public init(url: URL, scalars: ProgressScalars) throws {
    file = try AppendingFile(creating: url)
    append(scalars.names.joined(separator: ","))
    file.flush()
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
  ///   - timestep: The step that the run goes on from.
  ///   - scalars: The columns.
  /// - Throws: `WritingError` if it cannot be written.
  public init(continuing url: URL, at timestep: Int, scalars: ProgressScalars) throws {
    var text = scalars.names.joined(separator: ",") + "\n"
    do {
      if try !Self.isEmpty(url) {
        let record = try ProgressRecord(contentsOf: url)
        let others = record.columns.filter { !scalars.names.contains($0) }
        emptyCells = String(repeating: ",", count: others.count)
        text = record.table(columns: scalars.names + others, through: timestep)
        secondsBefore = record.seconds(at: timestep)
      }
    } catch is RecordError {
      // A damaged table is no reason to lose a good checkpoint.
      let aside = url.appendingPathExtension("damaged-\(UUID().uuidString.prefix(8))")
      try FileManager.default.moveItem(at: url, to: aside)
      setAside = aside
    }
    try writeDurably(Data(text.utf8), to: url)
    file = try AppendingFile(continuing: url)
  }

  private static func isEmpty(_ url: URL) throws -> Bool {
    guard FileManager.default.fileExists(atPath: url.path) else { return true }
    return try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int == 0
  }

  /// Adds the row of an update.
  ///
  /// - Parameter values: A number for each column of ``ProgressScalars``.
  public func add(_ values: [Double]) {
    append(values.map(Self.text).joined(separator: ",") + emptyCells)
  }

  /// Hands what was added to the system; so does ``add(_:)`` every second.
  public func flush() { file.flush() }

  /// Ends the table.
  ///
  /// - Throws: `WritingError` if not all of it could be written.
  public func close() throws { try file.close() }

  private func append(_ line: String) { file.append((line + "\n").utf8) }

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

  /// The rows up to a step as text, with the cells of other columns empty.
  func table(columns: [String], through timestep: Int) -> String {
    let places = columns.map { self.columns.firstIndex(of: $0) }
    let kept = zip(steps, rows).filter { $0.0 <= timestep }.map { _, cells in
      places.map { $0.map { String(cells[$0]) } ?? "" }.joined(separator: ",")
    }
    return ([columns.joined(separator: ",")] + kept).map { $0 + "\n" }.joined()
  }
}
