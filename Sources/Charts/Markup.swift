import Drawing

/// An element of an SVG file, written out.
struct Markup {
  let text: String

  /// An element with attributes and what is inside.
  init(_ name: String, _ attributes: KeyValuePairs<String, String>, _ content: [Markup] = []) {
    let attributes = attributes.filter { !$0.value.isEmpty }
      .map { " \($0.key)=\"\(SVG.text($0.value))\"" }.joined()
    text =
      content.isEmpty
      ? "<\(name)\(attributes)/>"
      : "<\(name)\(attributes)>\n" + content.map(\.text).joined(separator: "\n") + "\n</\(name)>"
  }

  /// An element with words inside.
  init(_ name: String, _ attributes: KeyValuePairs<String, String>, words: String) {
    let attributes = attributes.filter { !$0.value.isEmpty }
      .map { " \($0.key)=\"\(SVG.text($0.value))\"" }.joined()
    text = "<\(name)\(attributes)>\(SVG.text(words))</\(name)>"
  }
}

extension Markup {
  /// A whole SVG file on a white ground.
  static func document(
    width: Double, height: Double, name: String, _ content: [Markup]
  ) -> String {
    let background = Markup(
      "rect", ["width": pixels(width), "height": pixels(height), "fill": "#ffffff"])
    let picture = Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": pixels(width), "height": pixels(height),
        "viewBox": "0 0 \(pixels(width)) \(pixels(height))", "role": "img",
        "font-family": "Helvetica, Arial, sans-serif", "font-size": "12", "fill": Metrics.ink,
      ],
      [Markup("title", [:], words: name), background] + content)
    return picture.text + "\n"
  }
}

/// A length in pixels, to a hundredth.
func pixels(_ length: Double) -> String { SVG.number(length, digits: 2) }
