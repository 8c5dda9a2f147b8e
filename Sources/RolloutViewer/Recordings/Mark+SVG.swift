// A mark as an element of an SVG file.

extension Mark {
  /// The name of the element.
  func elementName(isChangingText: Bool) -> String {
    switch shape {
    case .polygon: "polygon"
    case .curve: "polyline"
    case .disc: "circle"
    case .text: isChangingText ? "g" : "text"
    }
  }

  /// The attributes that differ between two marks of one element.
  var movingAttributes: [(name: String, value: String)] {
    switch shape {
    case .polygon(let points, _), .curve(let points, _): [("points", list(points))]
    case .disc(let center, let radius):
      [("cx", number(center.x)), ("cy", number(center.y)), ("r", number(radius))]
    case .text: []
    }
  }

  /// The attributes that all marks of one element have in common.
  var constantAttributes: String {
    let color = color.hexadecimal
    switch shape {
    case .polygon(_, let rounding):
      let stroke = " stroke=\"\(color)\" stroke-width=\"\(number(2 * rounding))\""
      return " fill=\"\(color)\"" + (rounding > 0 ? stroke : "")
    case .curve(_, let width):
      return " fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(number(width, 2))\""
    case .disc: return " fill=\"\(color)\""
    case .text(_, _, let size, _, let isBold):
      return " font-size=\"\(number(size))\"" + (isBold ? " font-weight=\"600\"" : "")
        + " fill=\"\(color)\""
    }
  }

  /// Where a text that does not change stands.
  var textPlace: String {
    guard case .text(_, let place, _, let anchor, _) = shape else { return "" }
    let side = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    return " x=\"\(number(place.x))\" y=\"\(number(place.y))\"" + side
  }

  /// The attributes that hold the colour.
  var paintedAttributes: [String] {
    switch shape {
    case .polygon(_, let rounding): rounding > 0 ? ["fill", "stroke"] : ["fill"]
    case .curve: ["stroke"]
    case .disc, .text: ["fill"]
    }
  }

  /// The text of a mark that is one.
  var words: String { if case .text(let text, _, _, _, _) = shape { text } else { "" } }

  /// Whether two marks differ only in what can be animated.
  func isOneElement(with other: Mark) -> Bool {
    guard color.opacity == other.color.opacity, clip == other.clip else { return false }
    return switch (shape, other.shape) {
    case (.polygon(let first, let rounding), .polygon(let second, let otherRounding)):
      first.count == second.count && rounding == otherRounding
    case (.curve(let first, let width), .curve(let second, let otherWidth)):
      first.count == second.count && width == otherWidth
    case (.disc, .disc): true
    case (
      .text(let text, let place, let size, let anchor, let isBold),
      .text(let otherText, let otherPlace, let otherSize, let otherAnchor, let otherIsBold)
    ):
      (text == otherText || text.isNumber && otherText.isNumber) && place == otherPlace
        && size == otherSize && anchor == otherAnchor && isBold == otherIsBold
    default: false
    }
  }
}

extension String {
  /// Whether the text is a number, whose digits may turn like those of a counter.
  fileprivate var isNumber: Bool {
    allSatisfy { $0.isNumber || ".−+e%–".contains($0) }
  }
}

/// Points as the attribute `points` lists them.
private func list(_ points: [PicturePoint]) -> String {
  points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
}
