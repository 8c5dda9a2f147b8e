import Drawing

extension AnimatedSVG {
  /// One element for marks that follow each other and differ only in what can be animated.
  func element(for marks: [Mark], from start: Int) -> (
    name: String, attributes: String, content: String
  ) {
    let mark = marks[0]
    let fill = " fill=\"\(mark.color.hexadecimal)\""
    switch mark.shape {
    case .polygon(let points, let rounding):
      let stroke = " stroke=\"\(mark.color.hexadecimal)\" stroke-width=\"\(number(2 * rounding))\""
      return (
        "polygon", " points=\"\(list(points))\"" + fill + (rounding > 0 ? stroke : ""),
        animation(of: "points", marks.map { list($0.points) }, from: start)
      )
    case .curve(let points, let width):
      let stroke = " stroke=\"\(mark.color.hexadecimal)\" stroke-width=\"\(number(width, 2))\""
      return (
        "polyline", " points=\"\(list(points))\" fill=\"none\"" + stroke,
        animation(of: "points", marks.map { list($0.points) }, from: start)
      )
    case .disc(let center, let radius):
      let place = " cx=\"\(number(center.x))\" cy=\"\(number(center.y))\""
      let discs = marks.map(\.disc)
      return (
        "circle", place + " r=\"\(number(radius))\"" + fill,
        animation(of: "cx", discs.map { number($0.center.x) }, from: start)
          + animation(of: "cy", discs.map { number($0.center.y) }, from: start)
          + animation(of: "r", discs.map { number($0.radius) }, from: start)
      )
    case .text(let text, let place, let size, let anchor, let isBold):
      let letters = " font-size=\"\(number(size))\"" + (isBold ? " font-weight=\"600\"" : "") + fill
      let texts = marks.map(\.text)
      if Set(texts).count == 1 {
        let position = " x=\"\(number(place.x))\" y=\"\(number(place.y))\""
        let side = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        return ("text", position + side + letters, SVG.text(text))
      }
      let reels = TextReels(texts, place: place, size: size, anchor: anchor)
      return ("g", letters + " text-anchor=\"middle\"", svg(of: reels, from: start))
    }
  }

  /// The colours of marks, if they differ.
  func paint(of marks: [Mark], from start: Int) -> String {
    let attributes = marks[0].isRounded ? ["fill", "stroke"] : [marks[0].paintedAttribute]
    return attributes.map { attribute in
      animation(of: attribute, marks.map(\.color.hexadecimal), from: start, jumps: true)
    }.joined()
  }

  /// An attribute that changes, with a value for each picture; nothing if it does not change.
  ///
  /// - Parameters:
  ///   - attribute: Its name.
  ///   - values: The values in some pictures that follow each other.
  ///   - start: The first of these pictures; in all others the element is hidden, and its place does
  ///     not matter.
  ///   - jumps: Whether it must not take values in between.
  /// - Returns: The element, or nothing.
  private func animation(
    of attribute: String, _ values: [String], from start: Int, jumps: Bool = false
  ) -> String {
    if Set(values).count == 1 { return "" }
    let missing = pictures.count - start - values.count
    let all =
      repeatElement(values[0], count: start) + values
      + repeatElement(values[values.count - 1], count: missing)
    return """
      <animate attributeName="\(attribute)" dur="\(number(duration, 3))s" repeatCount="indefinite"\
      \(isSmooth && !jumps ? "" : " calcMode=\"discrete\"") values="\(all.joined(separator: ";"))"/>
      """
  }

  private func svg(of text: TextReels, from start: Int) -> String {
    text.reels.map { reel in
      // A reel is a column of letters behind a window of one line.
      let height = text.lineHeight
      let letters = reel.letters.enumerated().map { index, letter in
        let step = index == 0 ? "" : " dy=\"\(number(height))\""
        return "<tspan x=\"\(number(reel.width / 2))\"\(step)>\(SVG.text(String(letter)))</tspan>"
      }
      let heights = reel.positions.map { number(text.baseLine - Double($0) * height) }
      return """
        <svg x="\(number(reel.left))" y="\(number(text.top))" width="\(number(reel.width))" \
        height="\(number(height))"><text y="\(heights[0])">\(letters.joined())\
        \(animation(of: "y", heights, from: start, jumps: true))</text></svg>
        """
    }.joined()
  }
}

extension Mark {
  /// Whether two marks differ only in what can be animated: places and the size of a disc.
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

extension Mark {
  fileprivate var points: [PicturePoint] {
    switch shape {
    case .polygon(let points, _), .curve(let points, _): points
    case .disc, .text: []
    }
  }

  /// Whether the mark has a border of its own colour.
  fileprivate var isRounded: Bool {
    if case .polygon(_, let rounding) = shape { rounding > 0 } else { false }
  }

  fileprivate var disc: (center: PicturePoint, radius: Double) {
    if case .disc(let center, let radius) = shape { (center, radius) } else { (.zero, 0) }
  }

  /// The attribute that holds the colour.
  fileprivate var paintedAttribute: String {
    if case .curve = shape { "stroke" } else { "fill" }
  }

  fileprivate var text: String {
    if case .text(let text, _, _, _, _) = shape { text } else { "" }
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

/// A number as the file holds it: in tenths of a point, where nothing else is asked for.
func number(_ value: Double, _ digits: Int = 1) -> String { SVG.number(value, digits: digits) }
