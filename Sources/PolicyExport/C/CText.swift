/// Text of a C program that grows line by line.
struct CText {
  private(set) var lines: [String] = []

  /// Adds the lines of a text.
  mutating func add(_ text: String) {
    lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Adds lines.
  mutating func add(_ lines: [String]) { self.lines += lines }

  /// Adds an array of constants, as many on a line as fit.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - numbers: Finite numbers, at least one.
  mutating func add(constants name: String, _ numbers: [Float]) {
    lines.append("static const float \(name)[\(numbers.count)] = {")
    var line = " "
    for (index, number) in numbers.enumerated() {
      let text = " " + Self.literal(number) + (index + 1 < numbers.count ? "," : "")
      if line.utf8.count + text.utf8.count > 100 {
        lines.append(line)
        line = " "
      }
      line += text
    }
    lines += [line, "};"]
  }

  /// A finite number as C and C++ write it, with as many digits as distinguish it from all others.
  static func literal(_ number: Float) -> String { "\(number)f" }

  /// Text that neither ends a comment nor hides in it.
  static func comment(_ text: String) -> String {
    let visible = text.map { character in
      character.isLetter || character.isNumber || character.isWhitespace && !character.isNewline
        || character.isASCII && !character.isNewline && character.asciiValue ?? 0 > 31
        ? character : " "
    }
    return String(visible).replacing("\\", with: "/").replacing("??", with: "? ?")
      .replacing("*/", with: "* /").replacing("/*", with: "/ *")
      .replacing("@", with: Self.at)
  }

  /// The text, with a beginning of names in place of `@`, in capitals in place of `@@`.
  func text(named name: String) -> String {
    (lines.joined(separator: "\n") + "\n").replacing("@@", with: name.uppercased() + "_")
      .replacing("@", with: name + "_").replacing(Self.at, with: "@")
  }

  /// Stands for `@` in a user's text, where no name begins: a character of private use, which comments
  /// do not let through otherwise.
  private static let at = "\u{E000}"
}
