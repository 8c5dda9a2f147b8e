/// A name for what is not finished: it cannot be predicted, and every program of the package
/// recognises it.
enum TemporaryName {
  private static let start = ".ppo-"
  private static let ending = ".partial"
  private static let digits = 32

  /// A name that was never given, from the random numbers of the system: those of a training would
  /// be foreseen, and must not depend on its files.
  static func new() -> String {
    var generator = SystemRandomNumberGenerator()
    let number = [generator.next(), generator.next()].map { (part: UInt64) in
      let text = String(part, radix: 16)
      return String(repeating: "0", count: digits / 2 - text.count) + text
    }
    return start + number.joined() + ending
  }

  /// Whether a name is of this kind.
  static func isOne(_ name: String) -> Bool {
    guard name.hasPrefix(start), name.hasSuffix(ending) else { return false }
    let middle = name.dropFirst(start.count).dropLast(ending.count)
    return middle.utf8.count == digits && middle.allSatisfy { $0.isHexDigit && $0.isASCII }
  }
}
