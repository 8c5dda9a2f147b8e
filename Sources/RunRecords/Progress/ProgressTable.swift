import Foundation
import PolicyOptimization

/// Writes `progress.csv`: a row for each update, with the columns of ``ProgressScalars``.
///
/// A cell is empty where there is nothing to tell.
public final class ProgressTable {
  private let scalars: ProgressScalars
  private let file: FileHandle
  private var failure: (any Error)?
  private var rows: [UInt8] = []
  private var emptyCells = ""
  private let clock = ContinuousClock()
  private var lastFlush = ContinuousClock.now

  /// How many seconds of training the table told of when it was continued, 0 for a new one.
  public private(set) var secondsBefore = 0.0

  /// Starts a table; a file of that name is overwritten.
  ///
  /// - Parameters:
  ///   - url: Where to.
  ///   - scalars: The columns.
  /// - Throws: If the file cannot be made.
  public init(url: URL, scalars: ProgressScalars) throws {
    self.scalars = scalars
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CocoaError(.fileWriteNoPermission)
    }
    file = try FileHandle(forWritingTo: url)
    append(scalars.names.joined(separator: ","))
  }

  /// Continues the table of a run that goes on from an earlier step.
  ///
  /// Rows of later steps, which the run will repeat, and what a killed process has left of a line
  /// are dropped. That happens in one step on the disk: a crash leaves the old table or the new one.
  /// A column that this version does not write keeps its numbers.
  ///
  /// - Parameters:
  ///   - url: The table; if there is none, a new one is started.
  ///   - timestep: The step that the run goes on from.
  ///   - scalars: The columns.
  /// - Throws: ``RecordError`` if the file is no such table, or `WritingError`.
  public init(continuing url: URL, at timestep: Int, scalars: ProgressScalars) throws {
    self.scalars = scalars
    var text = scalars.names.joined(separator: ",") + "\n"
    if FileManager.default.fileExists(atPath: url.path) {
      let record = try ProgressRecord(contentsOf: url)
      let others = record.columns.filter { !scalars.names.contains($0) }
      emptyCells = String(repeating: ",", count: others.count)
      text = record.table(columns: scalars.names + others, through: timestep)
      secondsBefore = record.seconds(at: timestep)
    }
    try writeDurably(Data(text.utf8), to: url)
    file = try FileHandle(forWritingTo: url)
    try file.seekToEnd()
  }

  /// Adds the row of an update.
  ///
  /// - Parameter values: A number for each column of ``ProgressScalars``.
  public func add(_ values: [Double]) {
    append(values.map(Self.text).joined(separator: ",") + emptyCells)
    if clock.now - lastFlush > .seconds(1) { flush() }
  }

  /// Hands what was added to the system; so does ``add(_:)`` every second.
  ///
  /// What cannot be written is kept, and ``close()`` tells.
  public func flush() {
    lastFlush = clock.now
    do {
      try file.write(contentsOf: rows)
      rows.removeAll(keepingCapacity: true)
    } catch {
      failure = error
    }
  }

  /// Ends the table.
  ///
  /// - Throws: `WritingError` if not all of it could be written.
  public func close() throws {
    flush()
    try? file.close()
    if let failure {
      throw WritingError(
        description: "progress.csv is not complete (\(failure.localizedDescription)).")
    }
  }

  private func append(_ line: String) {
    rows.append(contentsOf: line.utf8)
    rows.append(UInt8(ascii: "\n"))
  }

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
