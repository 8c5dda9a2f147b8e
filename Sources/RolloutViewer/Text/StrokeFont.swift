/// A small font whose letters are lines of one width, drawn like any other line: sharp at any size.
///
/// A letter is written on a grid where the base line is at 2, small letters reach to 7 and tall ones
/// to 9; ten units are the font's size. See ``glyphs`` for the letters.
enum StrokeFont {
  /// A letter: lines on the grid, and how far the next letter is.
  struct Glyph {
    let lines: [[PicturePoint]]
    let advance: Double
  }

  private static let unitsPerSize = 10.0
  private static let baseLine = 2.0
  private static let gap = 2.1

  /// The width of a letter's lines.
  static func lineWidth(size: Double, isBold: Bool) -> Double { size * (isBold ? 0.125 : 0.085) }

  /// How wide a text is, from the middle of its first line to the middle of its last.
  static func width(of text: String, size: Double) -> Double {
    let advance = text.reduce(0) { $0 + glyph(of: $1).advance }
    return max(0, advance - gap) * size / unitsPerSize
  }

  /// The text, or its beginning and an ellipsis where it is too wide.
  static func shortened(_ text: String, toWidth room: Double, size: Double) -> String {
    if width(of: text, size: size) <= room { return text }
    var beginning = text
    while !beginning.isEmpty, width(of: beginning + "…", size: size) > room {
      beginning.removeLast()
    }
    return beginning + "…"
  }

  /// A rectangle that contains a text.
  static func bounds(
    of text: String, at place: PicturePoint, size: Double, anchor: Mark.Anchor, isBold: Bool
  ) -> PictureRectangle {
    let unit = size / unitsPerSize
    let width = width(of: text, size: size)
    return PictureRectangle(
      x: start(at: place, width: width, anchor), y: place.y - 7 * unit, width: width,
      height: 9 * unit
    ).grown(by: lineWidth(size: size, isBold: isBold))
  }

  /// The lines that a text is drawn with.
  static func lines(
    of text: String, at place: PicturePoint, size: Double, anchor: Mark.Anchor
  ) -> [[PicturePoint]] {
    let unit = size / unitsPerSize
    var x = start(at: place, width: width(of: text, size: size), anchor)
    var lines: [[PicturePoint]] = []
    for character in text {
      let glyph = glyph(of: character)
      for line in glyph.lines {
        lines.append(
          line.map { PicturePoint(x + unit * $0.x, place.y - unit * ($0.y - baseLine)) })
      }
      x += glyph.advance * unit
    }
    return lines
  }

  /// The contours that a text is filled with.
  static func contours(
    of text: String, at place: PicturePoint, size: Double, anchor: Mark.Anchor, isBold: Bool
  ) -> [[PicturePoint]] {
    let width = lineWidth(size: size, isBold: isBold)
    return lines(of: text, at: place, size: size, anchor: anchor).map { line in
      // A dot of the width of a line looks smaller than the line.
      let isDot = line.allSatisfy { $0 == line[0] }
      return isDot
        ? Outline.circle(center: line[0], radius: 0.8 * width)
        : Outline.stroke(line, width: width)
    }
  }

  private static func start(
    at place: PicturePoint, width: Double, _ anchor: Mark.Anchor
  ) -> Double {
    switch anchor {
    case .start: place.x
    case .middle: place.x - width / 2
    case .end: place.x - width
    }
  }

  private static func glyph(of character: Character) -> Glyph {
    let space = Glyph(lines: [], advance: 4)
    return character == " " ? space : table[character] ?? table["\u{FFFD}"] ?? space
  }

  private static let table: [Character: Glyph] = glyphs.mapValues(parsed)

  /// Reads the notation of ``glyphs``.
  private static func parsed(_ notation: String) -> Glyph {
    let strokes = notation.split(separator: " ")
    let controls = strokes.map(controlPoints)
    let width = controls.joined().map(\.place.x).max() ?? 2
    return Glyph(lines: controls.map(flattened), advance: width + gap)
  }

  private struct ControlPoint {
    let place: PicturePoint
    let isOnCurve: Bool
  }

  private static func controlPoints(_ stroke: Substring) -> [ControlPoint] {
    var points: [ControlPoint] = []
    var isOnCurve = true
    var first: Double?
    for character in stroke {
      guard let digit = character.wholeNumberValue.map(Double.init) else {
        isOnCurve = false
        continue
      }
      if let x = first {
        points.append(ControlPoint(place: PicturePoint(x, digit), isOnCurve: isOnCurve))
        (first, isOnCurve) = (nil, true)
      } else {
        first = digit
      }
    }
    return points
  }

  /// Turns curves into short straight lines.
  private static func flattened(_ points: [ControlPoint]) -> [PicturePoint] {
    var line: [PicturePoint] = []
    var index = 0
    while index < points.count {
      let point = points[index]
      if point.isOnCurve || index + 1 == points.count {
        line.append(point.place)
      } else if let start = line.last {
        let next = points[index + 1]
        // Between two control points in a row lies a point of the curve.
        let end = next.isOnCurve ? next.place : (point.place + next.place) / 2
        line += arc(from: start, bending: point.place, to: end)
        if next.isOnCurve { index += 1 }
      }
      index += 1
    }
    return line
  }

  private static func arc(
    from start: PicturePoint, bending control: PicturePoint, to end: PicturePoint
  ) -> [PicturePoint] {
    let parts = 6
    return (1...parts).map { part in
      let t = Double(part) / Double(parts)
      return (1 - t) * (1 - t) * start + 2 * t * (1 - t) * control + t * t * end
    }
  }
}
