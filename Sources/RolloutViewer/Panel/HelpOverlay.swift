/// A card that explains the keys.
enum HelpOverlay {
  private static let lineHeight = 23.0

  /// The card in the middle of a rectangle, and a veil over what is behind it.
  static func marks(in rectangle: PictureRectangle) -> [Mark] {
    let lines = KeyBinding.all
    let size = PicturePoint(372, Double(lines.count) * lineHeight + 74)
    let origin = rectangle.middle - size / 2
    let card = PictureRectangle(x: origin.x, y: origin.y, width: size.x, height: size.y)
    var marks: [Mark] = [
      .rectangle(rectangle, Palette.background.faded(to: 0.72)),
      .rectangle(card.grown(by: 1), Palette.hairline),
      .rectangle(card, Palette.card),
      .text(
        "Keys", at: PicturePoint(card.left + 28, card.top + 38), size: 16, Palette.ink,
        isBold: true),
    ]
    for (index, line) in lines.enumerated() {
      let y = card.top + 70 + Double(index) * lineHeight
      marks += [
        .text(
          line.keys, at: PicturePoint(card.left + 28, y), size: 12, Palette.accent, isBold: true),
        .text(line.meaning, at: PicturePoint(card.left + 128, y), size: 12, Palette.ink),
      ]
    }
    return marks
  }
}
