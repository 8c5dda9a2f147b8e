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

/// A length in pixels, to a hundredth.
func pixels(_ length: Double) -> String { SVG.number(length, digits: 2) }
