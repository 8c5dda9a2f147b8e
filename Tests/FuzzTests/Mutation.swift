import Foundation
import RandomStreams

/// Bytes that are changed at random, the way files and typed lines go wrong: bits flip, pieces are
/// lost, doubled or moved, and numbers become extreme.
struct Mutation {
  private var generator: RandomStream

  /// The mutation of a number; the same number always gives the same one.
  init(number: Int) {
    generator = RandomStream(seed: 7, purpose: .other, index: number)
  }

  private static let extremes = [
    "-1", "0", "18446744073709551615", "9223372036854775807", "-9223372036854775808", "1e999",
    "NaN", "null", "{}", "[]", "\"\"", "\u{0}", "\u{FEFF}", "\\", ",", ":", "\"", "{", "--", "=",
  ].map { Array($0.utf8) }

  /// A changed copy.
  mutating func applied(to original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0...generator.integer(below: 3) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = Self.extremes[2]
      return
    }
    let place = generator.integer(below: bytes.count)
    let length = min(1 + generator.integer(below: 16), bytes.count - place)
    switch generator.integer(below: 8) {
    case 0: bytes[place] ^= 1 << generator.integer(below: 8)
    case 1: bytes[place] = UInt8(generator.integer(below: 256))
    case 2: bytes.removeSubrange(place..<place + length)
    case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 4: bytes.removeLast(bytes.count - place)
    case 5: replaceNumber(near: place, in: &bytes)
    default:
      let extreme = Self.extremes[generator.integer(below: Self.extremes.count)]
      bytes.replaceSubrange(place..<place + (generator.integer(below: 2) * length), with: extreme)
    }
  }

  /// Replaces the digits at or after a place by something extreme.
  private mutating func replaceNumber(near place: Int, in bytes: inout [UInt8]) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = bytes[place...].firstIndex(where: digits.contains) else { return }
    let end = bytes[first...].firstIndex { !digits.contains($0) } ?? bytes.count
    let extreme = Self.extremes[generator.integer(below: Self.extremes.count)]
    bytes.replaceSubrange(first..<end, with: extreme)
  }
}
