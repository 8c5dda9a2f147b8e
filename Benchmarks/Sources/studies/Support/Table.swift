import Foundation

/// Rows of text under headings, for people and as CSV.
struct Table {
  let headings: [String]
  private(set) var rows: [[String]] = []

  init(_ headings: [String]) { self.headings = headings }

  mutating func add(_ row: [String]) {
    precondition(
      row.count == headings.count,
      "A row of \(row.count) cells does not fit under \(headings.count) headings.")
    rows.append(row)
  }

  /// A table as in Markdown, with columns as wide as they need.
  var text: String {
    let widths = headings.indices.map { column in
      ([headings] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([headings, rule] + rows).map(line).joined(separator: "\n")
  }

  /// Comma-separated values; cells with a comma or a quotation mark are quoted.
  var commaSeparated: String {
    func cell(_ text: String) -> String {
      if !text.contains(where: { $0 == "," || $0 == "\"" }) { return text }
      return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
    return ([headings] + rows).map { $0.map(cell).joined(separator: ",") + "\n" }.joined()
  }

  /// Writes `NAME.csv` into a folder.
  func write(_ name: String, to folder: String) throws {
    try writeResult(commaSeparated, as: name + ".csv", to: folder)
  }
}

/// Writes a file into a folder, which is made, and says so.
func writeResult(_ content: String, as name: String, to folder: String) throws {
  let folder = URL(fileURLWithPath: folder, isDirectory: true)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let file = folder.appendingPathComponent(name)
  try Data(content.utf8).write(to: file)
  print("written to \(file.relativePath)")
}

extension Double {
  /// So many digits behind the point; nothing for what is no number.
  func digits(_ count: Int) -> String {
    isFinite ? String(format: "%.\(count)f", self) : "–"
  }

  /// Three significant digits.
  var short: String {
    if !isFinite { return "–" }
    return self != 0 && (abs(self) < 1e-2 || abs(self) >= 1e4)
      ? String(format: "%.1e", self) : String(format: "%.3g", self)
  }
}

extension Float {
  /// Three significant digits.
  var short: String { Double(self).short }
}
