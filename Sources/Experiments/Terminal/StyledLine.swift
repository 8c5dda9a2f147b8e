/// A line for a terminal: pieces of text, some of them coloured.
struct StyledLine: Sendable, Hashable {
  /// How a piece looks; the number is that of the terminal's command `SGR`.
  enum Style: Int, Sendable {
    case plain = 0
    case bold = 1
    case faint = 2
    case green = 32
    case cyan = 36
  }

  private var pieces: [Piece] = []

  private struct Piece: Hashable {
    var text: String
    var style: Style
  }

  /// An empty line.
  init() {}

  /// How many places it takes.
  var width: Int { pieces.reduce(0) { $0 + $1.text.count } }

  /// The line without its looks.
  var text: String { pieces.map(\.text).joined() }

  mutating func append(_ text: String, _ style: Style = .plain) {
    pieces.append(Piece(text: shown(text), style: style))
  }

  /// Adds all pieces of another line.
  mutating func append(_ other: StyledLine) { pieces += other.pieces }

  /// Adds pieces behind a gap, if there is room for all of them.
  ///
  /// - Returns: Whether there was.
  @discardableResult
  mutating func append(
    _ added: [(String, Style)], within limit: Int, after gap: Int = 2
  ) -> Bool {
    let gap = pieces.isEmpty ? 0 : gap
    guard width + gap + added.reduce(0, { $0 + $1.0.count }) <= limit else { return false }
    if gap > 0 { append(String(repeating: " ", count: gap)) }
    for (text, style) in added { append(text, style) }
    return true
  }

  /// The line with the commands that colour it.
  var colored: String {
    pieces.map { piece in
      piece.style == .plain
        ? piece.text : "\u{1B}[\(piece.style.rawValue)m\(piece.text)\u{1B}[0m"
    }.joined()
  }
}
