/// A text that changes as a row of reels, one for each place of a letter.
struct TextReels {
  /// The letters that one place shows in turn.
  struct Reel {
    /// All of them, each once.
    var letters: [Character]
    /// Which of them each text shows.
    var positions: [Int]
    /// The left side of the reel in the picture.
    var left: Double
    /// The width of the reel.
    var width: Double
  }

  let reels: [Reel]
  let lineHeight: Double
  /// The upper side of the line in the picture.
  let top: Double
  /// How far below that the base line is.
  let baseLine: Double

  /// The reels of some texts, all at one place.
  init(_ texts: [String], place: PicturePoint, size: Double, anchor: Mark.Anchor) {
    lineHeight = 1.3 * size
    baseLine = size
    top = place.y - size
    let count = texts.map(\.count).max() ?? 0
    let rows = texts.map { text -> [Character] in
      let padding = [Character](repeating: " ", count: count - text.count)
      return anchor == .end ? padding + text : text + padding
    }
    var reels = (0..<count).map { column in
      var reel = Reel(letters: [], positions: [], left: 0, width: 0)
      for row in rows {
        let letter = row[column]
        if !reel.letters.contains(letter) { reel.letters.append(letter) }
        reel.positions.append(reel.letters.firstIndex(of: letter) ?? 0)
      }
      let isNarrow = reel.letters.allSatisfy { ".,:·' ".contains($0) }
      reel.width = size * (isNarrow ? 0.32 : 0.6)
      return reel
    }
    let width = reels.reduce(0) { $0 + $1.width }
    var left =
      switch anchor {
      case .start: place.x
      case .middle: place.x - width / 2
      case .end: place.x - width
      }
    for index in 0..<count {
      reels[index].left = left
      left += reels[index].width
    }
    self.reels = reels
  }
}
