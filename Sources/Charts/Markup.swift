import Foundation

/// An element of an SVG file, written out.
struct Markup {
  let text: String

  /// An element with attributes and what is inside.
  init(_ name: String, _ attributes: KeyValuePairs<String, String>, _ content: [Markup] = []) {
    let attributes = attributes.filter { !$0.value.isEmpty }
      .map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    text =
      content.isEmpty
      ? "<\(name)\(attributes)/>"
      : "<\(name)\(attributes)>\n" + content.map(\.text).joined(separator: "\n") + "\n</\(name)>"
  }

  /// An element with words inside.
  init(_ name: String, _ attributes: KeyValuePairs<String, String>, words: String) {
    let attributes = attributes.filter { !$0.value.isEmpty }
      .map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    text = "<\(name)\(attributes)>\(escaped(words))</\(name)>"
  }
}

/// Text without the characters that mean something in XML, or nothing at all.
private func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\t", "\n", "\r": result += " "
    default: if scalar.value >= 0x20 { result.unicodeScalars.append(scalar) }
    }
  }
  return result
}

/// A length in pixels, to a hundredth.
func pixels(_ length: Double) -> String {
  let rounded = (length * 100).rounded() / 100
  return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
}

/// How wide a text is about, in pixels: a picture cannot know which font it will be shown in.
func estimatedWidth(of text: String, fontSize: Double) -> Double {
  let widths = text.map { character -> Double in
    switch character {
    case "i", "j", "l", "t", "f", ".", ",", ":", ";", "'", "|", " ", "I": 0.33
    case "m", "w", "M", "W": 0.92
    case _ where character.isUppercase: 0.7
    default: 0.6
    }
  }
  return widths.reduce(0, +) * fontSize
}
