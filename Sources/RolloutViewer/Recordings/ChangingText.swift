import Drawing

/// A text that changes as columns of characters, one for each place of the text: behind a window of
/// one line the column is moved to the character that is shown.
struct ChangingText {
  /// The characters that one place shows in turn.
  struct Column {
    /// All of them, each once.
    var characters: [Character] = []
    /// Which of them each text shows.
    var positions: [Int] = []
    /// The left side of the column in the picture.
    var left = 0.0
    /// The width of the column.
    var width = 0.0
  }

  private(set) var columns: [Column]
  private let pictures: [Int]
  private let lineHeight: Double
  /// The upper side of the line in the picture.
  private let top: Double
  /// How far below that the base line is.
  private let baseLine: Double

  /// The columns of some texts, all at one place.
  init(_ texts: ValueTrack, place: PicturePoint, size: Double, anchor: Mark.Anchor) {
    lineHeight = 1.3 * size
    baseLine = size
    top = place.y - size
    pictures = texts.changes.map(\.picture)
    let count = texts.changes.map(\.value.count).max() ?? 0
    columns = Array(repeating: Column(), count: count)
    for change in texts.changes {
      let text = Array(change.value)
      let padding = [Character](repeating: " ", count: count - text.count)
      let row = anchor == .end ? padding + text : text + padding
      for index in 0..<count { columns[index].add(row[index]) }
    }
    for index in 0..<count { columns[index].width = size * columns[index].relativeWidth }
    let width = columns.reduce(0) { $0 + $1.width }
    var left =
      switch anchor {
      case .start: place.x
      case .middle: place.x - width / 2
      case .end: place.x - width
      }
    for index in 0..<count {
      columns[index].left = left
      left += columns[index].width
    }
  }

  /// The columns as elements of an SVG file.
  func markup(in timeline: AnimationTimeline) -> String {
    columns.map { column in
      let characters = column.characters.enumerated().map { index, character in
        let step = index == 0 ? "" : " dy=\"\(number(lineHeight))\""
        return
          "<tspan x=\"\(number(column.width / 2))\"\(step)>\(SVG.text(String(character)))</tspan>"
      }
      let heights = column.positions.map { number(baseLine - Double($0) * lineHeight) }
      var track = ValueTrack(heights[0], at: pictures[0])
      for (height, picture) in zip(heights, pictures) { track.set(height, at: picture) }
      return """
        <svg x="\(number(column.left))" y="\(number(top))" width="\(number(column.width))" \
        height="\(number(lineHeight))" text-anchor="middle"><text y="\(heights[0])">\
        \(characters.joined())\(timeline.animation(of: "y", track, jumps: true))</text></svg>
        """
    }.joined()
  }
}

extension ChangingText.Column {
  fileprivate mutating func add(_ character: Character) {
    if let position = characters.firstIndex(of: character) {
      positions.append(position)
    } else {
      positions.append(characters.count)
      characters.append(character)
    }
  }

  /// The width in units of the font's size.
  fileprivate var relativeWidth: Double {
    if characters.contains(where: { "%mwMW@".contains($0) }) { return 0.95 }
    return characters.allSatisfy { ".,:·' ".contains($0) } ? 0.32 : 0.6
  }
}
