import Foundation

/// Prints one JSON object on standard output.
///
/// - Throws: If it cannot be written, for example to a full disk. A reader who has gone is no failure.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  try print(String(decoding: encoder.encode(value), as: UTF8.self))
  if fflush(nil) != 0, errno != EPIPE {
    throw failure(
      "The result cannot be written to the output (\(String(cString: strerror(errno)))).")
  }
}

/// A path as a shell takes it.
func quoted(_ path: String) -> String {
  let harmless = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=:@~".contains($0) }
  return harmless ? path : "'" + path.replacing("'", with: "'\\''") + "'"
}

/// Tells something on standard error.
func tell(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
}

/// A number with a fixed count of digits behind the point.
func fixed(_ number: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", number)
}

/// Rows of text with their columns under each other.
func table(_ rows: [[String]]) -> String {
  guard let first = rows.first else { return "" }
  let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    zip(row, widths)
      .map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      .joined(separator: "  ")
      .replacing(#/ +$/#, with: "")
  }.joined(separator: "\n")
}
