import ArgumentParser
import Experiments
import Foundation
import StoredFiles

/// Prints one JSON object on standard output.
///
/// - Throws: If it cannot be written, for example to a full disk. A closed pipe is no failure.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  let text = try String(decoding: encoder.encode(value), as: UTF8.self)
  if !printRaw(shownJSON(text) + "\n", toErrors: false) { throw unwritten() }
}

/// Prints the lines of a result on standard output.
///
/// - Throws: If they cannot be written, for example to a full disk. A closed pipe is no
///   failure.
func printResult(_ lines: [String]) throws {
  if !printLines(lines, toErrors: false) { throw unwritten() }
}

private func unwritten() -> ExitCode {
  failure("The result cannot be written to the output (\(String(cString: strerror(errno)))).")
}

/// A path as a shell takes it; control characters are written as bash, zsh and ksh read them.
func quoted(_ path: String) -> String {
  if shown(path) != path {
    let bytes = path.utf8.map { byte in
      0x20..<0x7F ~= byte && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
        ? String(UnicodeScalar(byte)) : String(format: "\\x%02x", byte)
    }
    return "$'\(bytes.joined())'"
  }
  let harmless = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=:@~".contains($0) }
  return harmless ? path : "'" + path.replacing("'", with: "'\\''") + "'"
}

/// Prints a line on standard error.
func tell(_ line: String) { tell([line]) }

/// Prints lines on standard error; of several processes that work together the first one does.
func tell(_ lines: [String]) {
  if SharedProcess.isSilent { return SharedProcess.keep(lines) }
  printLines(lines, toErrors: true)
}

/// Whether there is anything at a path, be it a link that leads nowhere.
func exists(_ url: URL) -> Bool {
  (try? OpenedFolder(containing: url).contains(url.lastPathComponent)) ?? false
}

/// A number with a fixed count of digits behind the point.
func fixed(_ number: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", number)
}

/// Rows of text with their columns under each other.
func table(_ rows: [[String]]) -> [String] {
  let rows = rows.map { $0.map { shown($0) } }
  guard let first = rows.first else { return [] }
  let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    zip(row, widths)
      .map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      .joined(separator: "  ")
      .replacing(#/ +$/#, with: "")
  }
}
