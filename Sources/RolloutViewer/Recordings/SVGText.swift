import Foundation

/// A number in few characters, rounded to some digits behind the point.
func number(_ value: Double, _ digits: Int = 1) -> String {
  var text = String(format: "%.\(digits)f", value)
  if digits > 0 {
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
  }
  return text == "-0" ? "0" : text
}

/// A text with the signs that mean something else in XML written otherwise.
func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
