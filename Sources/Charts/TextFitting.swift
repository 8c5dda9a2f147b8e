/// How text is made to fit, though a picture cannot know which font it will be shown in.
enum TextFitting {
  /// How wide a text is about, in pixels.
  static func width(of text: String, fontSize: Double) -> Double {
    text.reduce(0) { $0 + width(of: $1) } * fontSize
  }

  private static func width(of character: Character) -> Double {
    switch character {
    case "i", "j", "l", "t", "f", ".", ",", ":", ";", "'", "|", " ", "I": 0.33
    case "m", "w", "M", "W": 0.92
    // The signs of East Asia and pictures are square.
    case _ where character.unicodeScalars.contains { $0.value >= 0x2E80 }: 1.05
    case _ where character.isUppercase: 0.7
    default: 0.6
    }
  }

  /// The text, or its beginning and an ellipsis where it is too wide.
  static func shortened(_ text: String, toWidth room: Double, fontSize: Double) -> String {
    if width(of: text, fontSize: fontSize) <= room { return text }
    let ellipsis: Character = "…"
    return prefix(of: text, narrowerThan: room - width(of: ellipsis) * fontSize, fontSize)
      + String(ellipsis)
  }

  /// The text in lines, broken behind spaces and punctuation where that is possible.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - room: How wide a line is at most, in pixels.
  ///   - fontSize: The size of the font, in pixels.
  ///   - most: How many lines there are at most; what is left is shortened.
  /// - Returns: At least one line.
  static func lines(
    of text: String, width room: Double, fontSize: Double, atMost most: Int
  ) -> [String] {
    var lines: [String] = []
    var rest = Substring(text)
    while lines.count + 1 < most, width(of: String(rest), fontSize: fontSize) > room {
      let whole = prefix(of: String(rest), narrowerThan: room, fontSize)
      let breaks = whole.indices.filter { " ,:;/-+_".contains(whole[$0]) }
      let line = breaks.last.map { whole[...$0] }.flatMap { 2 * $0.count > whole.count ? $0 : nil }
      let taken = line ?? whole[...]
      lines.append(trimmed(taken))
      rest = rest.dropFirst(max(taken.count, 1))
    }
    return lines + [shortened(trimmed(rest), toWidth: room, fontSize: fontSize)]
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private static func prefix(
    of text: String, narrowerThan room: Double, _ fontSize: Double
  ) -> String {
    var used = 0.0
    return String(
      text.prefix {
        used += width(of: $0) * fontSize
        return used <= room
      })
  }
}
