import Foundation

/// A text in JSON with its comments, `// …` and `/* … */`, replaced by spaces, so that what an error
/// says of lines and columns stays true.
///
/// Foundation can read JSON5, which has comments, but that reader stops the program at some damaged
/// numbers.
func withoutComments(_ text: Data) -> Data {
  var bytes = Array(text)
  var place = 0
  while place < bytes.count {
    if bytes[place] == UInt8(ascii: "\"") {
      place = endOfString(in: bytes, from: place)
    } else if bytes[place...].starts(with: "//".utf8) {
      let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      place = blank(&bytes, place..<end)
    } else if bytes[place...].starts(with: "/*".utf8) {
      place = blank(&bytes, place..<endOfBlockComment(in: bytes, from: place))
    } else {
      place += 1
    }
  }
  return Data(bytes)
}

/// The place behind the string that begins at a quote.
private func endOfString(in bytes: [UInt8], from start: Int) -> Int {
  var place = start + 1
  while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
  }
  return place + 1
}

/// The place behind the comment that begins with `/*`.
private func endOfBlockComment(in bytes: [UInt8], from start: Int) -> Int {
  var place = start + 2
  while place < bytes.count, !bytes[place...].starts(with: "*/".utf8) { place += 1 }
  return min(place + 2, bytes.count)
}

/// Replaces bytes by spaces, except ends of lines, and gives the place behind them.
private func blank(_ bytes: inout [UInt8], _ range: Range<Int>) -> Int {
  for place in range where bytes[place] != UInt8(ascii: "\n") {
    bytes[place] = UInt8(ascii: " ")
  }
  return range.upperBound
}
