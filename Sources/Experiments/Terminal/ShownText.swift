import Foundation

/// A line of text as a terminal can be given it.
///
/// Control characters, which a name from a file may hold to move the cursor or to forge lines, and
/// marks that turn the direction of writing are shown by their number instead: `\u{1B}`. A line of
/// more than 16,384 characters is cut.
package func shown(_ line: some StringProtocol) -> String {
  var result = ""
  for (count, scalar) in line.unicodeScalars.enumerated() {
    if count == 16_384 { return result + "…" }
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where mustBeEscaped(scalar):
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// JSON with the characters that a terminal must not be given written by their number, which means
/// the same: they can only stand inside of strings.
package func shownJSON(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar != "\n", mustBeEscaped(scalar) {
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
  // Those of the format that turn text or hide are spared where letters of a script need them.
  case .format: scalar.value != 0x200C && scalar.value != 0x200D
  default: false
  }
}

/// Prints lines on standard output or standard error, which is done here and nowhere else.
///
/// - Parameters:
///   - lines: The lines, each of which is shown as one whatever it holds.
///   - toErrors: Whether they are messages and no result.
/// - Returns: Whether the system took them; a reader that has gone is no failure.
@discardableResult
package func printLines(_ lines: [String], toErrors: Bool) -> Bool {
  printRaw(lines.map { shown($0) + "\n" }.joined(), toErrors: toErrors)
}

/// Prints text of which nothing came from outside, or all of it went through ``shown(_:)``.
@discardableResult
package func printRaw(_ text: String, toErrors: Bool) -> Bool {
  // The system's buffered output, which the parser of the command line uses, comes first.
  if !toErrors { fflush(nil) }
  let bytes = Array(text.utf8)
  var count = 0
  while count < bytes.count {
    let written = bytes.withUnsafeBytes { bytes in
      write(
        toErrors ? STDERR_FILENO : STDOUT_FILENO, bytes.baseAddress.map { $0 + count },
        bytes.count - count)
    }
    if written < 0 && errno != EINTR { return errno == EPIPE }
    count += max(written, 0)
  }
  return true
}
