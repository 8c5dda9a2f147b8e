import Foundation
import StoredFiles

/// A `progress.csv` that was read back.
///
/// A file that is being written, or whose writer was killed, ends in the middle of a line; that
/// line is passed over. Where a run went on from an earlier step, the rows that it repeated are
/// passed over, too: the steps always grow.
public struct ProgressRecord: Sendable {
  /// The names of the columns.
  public let columns: [String]
  /// The rows as they stand in the file, a cell for each column.
  let rows: [[Substring]]
  /// The step of each row, growing.
  public let steps: [Int]

  /// Reads a file.
  ///
  /// - Throws: ``RecordError`` in a sentence, if there is no such file or it is no such table.
  public init(contentsOf url: URL) throws(RecordError) {
    let data: Data
    do {
      data = try fileContents(of: url)
    } catch {
      throw RecordError(
        "There is no readable \(url.relativePath) (\(error)); give the folder "
          + "of a run that a training has written.")
    }
    try self.init(String(decoding: data, as: UTF8.self), name: url.relativePath)
  }

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - text: The table.
  ///   - name: What to call it in an error.
  /// - Throws: ``RecordError`` if it is no such table.
  public init(_ text: String, name: String) throws(RecordError) {
    let lines = Self.completeLines(of: text)
    guard let header = lines.first, header.contains(where: { $0 == ProgressScalars.stepName })
    else {
      throw RecordError(
        "\(name) is no table of a run: its first line has no column "
          + "'\(ProgressScalars.stepName)'.")
    }
    columns = header.map(String.init)
    guard Set(columns).count == columns.count else {
      throw RecordError("\(name) is no table of a run: two of its columns have the same name.")
    }
    let stepColumn = columns.firstIndex(of: ProgressScalars.stepName) ?? 0
    var (rows, steps): ([[Substring]], [Int]) = ([], [])
    for (index, cells) in lines.enumerated().dropFirst() {
      let step: Int
      do {
        step = try Self.step(of: cells, columns: columns, stepColumn: stepColumn)
      } catch {
        // The last line may be what a full disk or a power cut has left.
        if index == lines.count - 1 { break }
        throw RecordError(
          "\(name) is damaged at line \(index + 1): \(error.description) Remove that line, or the "
            + "file if it is of no use.")
      }
      while let last = steps.last, last >= step {
        steps.removeLast()
        rows.removeLast()
      }
      steps.append(step)
      rows.append(cells)
    }
    (self.rows, self.steps) = (rows, steps)
  }

  /// The numbers of a column, `nan` where its cell is empty; `nil` if there is no such column.
  public subscript(column: String) -> [Double]? {
    guard let index = columns.firstIndex(of: column) else { return nil }
    return rows.map { Double($0[index]) ?? .nan }
  }

  /// How many seconds of training had passed at the last row, 0 without any.
  public var seconds: Double { seconds(at: .max) }

  /// The cells of all lines that end. Bytes are looked at, since to find characters takes seconds in
  /// the table of a long run.
  private static func completeLines(of text: String) -> [[Substring]] {
    let (newline, carriageReturn, comma) = (UInt8(0x0A), UInt8(0x0D), UInt8(0x2C))
    let hasMark = text.unicodeScalars.first == "\u{FEFF}"
    let bytes = hasMark ? text.utf8.dropFirst(3) : text.utf8[...]
    return bytes.split(separator: newline, omittingEmptySubsequences: false).dropLast().map {
      let line = $0.last == carriageReturn ? $0.dropLast() : $0
      return line.split(separator: comma, omittingEmptySubsequences: false).map { Substring($0) }
    }
  }

  private static func step(
    of cells: [Substring], columns: [String], stepColumn: Int
  ) throws(RecordError) -> Int {
    guard cells.count == columns.count else {
      throw RecordError("it has \(cells.count) cells instead of \(columns.count).")
    }
    for (name, cell) in zip(columns, cells) where !cell.isEmpty && Double(cell) == nil {
      throw RecordError("'\(cell.prefix(20))' in the column '\(name)' is no number.")
    }
    guard let step = Double(cells[stepColumn]).flatMap({ Int(exactly: $0) }), step >= 0 else {
      throw RecordError("its step is '\(cells[stepColumn].prefix(20))'.")
    }
    return step
  }
}

/// Why records cannot be read or written, in a sentence.
public struct RecordError: Error, Hashable, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
