/// How SVG files are written: numbers and text.
package enum SVG {
  /// Lengths beyond this many pixels are cut off; renderers compute with single precision.
  package static let farthest = 1e6

  /// A length in few characters, rounded to some digits behind the point.
  ///
  /// - Parameters:
  ///   - value: The length; beyond ±``farthest`` it counts as ±``farthest``, and NaN as 0.
  ///   - digits: The most digits behind the point.
  /// - Returns: The number without trailing zeros.
  package static func number(_ value: Double, digits: Int) -> String {
    var unit = 1
    for _ in 0..<digits { unit *= 10 }
    let units = Int(
      value.bounded(by: -farthest...farthest) * Double(unit), within: Int.min...Int.max)
    let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: UInt(unit))
    let text = (units < 0 ? "-" : "") + String(whole)
    if rest == 0 { return text }
    var fraction = String(rest)
    fraction = String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return text + "." + fraction
  }

  /// Text as XML holds it: characters with a meaning in XML are written as entities, white space as
  /// spaces, and characters that XML forbids are left out.
  ///
  /// Source: *Extensible Markup Language (XML) 1.0*, section 2.2,
  /// <https://www.w3.org/TR/xml/#charsets>.
  package static func text(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      default: if isAllowed(scalar) { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }

  /// Whether XML allows a character; control characters of the second block are discouraged and
  /// left out, too.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7F...0x9F ~= scalar.value) && scalar.value & 0xFFFE != 0xFFFE
  }
}
