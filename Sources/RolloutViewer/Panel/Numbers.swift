import Foundation

/// A part of 1 in percent.
func percentage(_ part: Double) -> String {
  part.isFinite ? String(format: "%.1f%%", 100 * part) : brief(part)
}

/// A number with two digits behind the point, so that a number that changes keeps its shape.
func twoDigits(_ number: Double) -> String {
  guard number.isFinite, abs(number) < 1000 else { return brief(number) }
  let text = String(format: "%.2f", number)
  return text == "-0.00" ? "0.00" : text.replacingOccurrences(of: "-", with: "−")
}

/// A number as short as it can be read: 12.3, 0.0041, 1.2e+08.
func brief(_ number: Double) -> String {
  let size = abs(number)
  if !number.isFinite { return "none" }
  let text =
    switch size {
    case 0: "0"
    case ..<0.001, 1e7...: String(format: "%.1e", number)
    case ..<0.1: String(format: "%.4f", number)
    case ..<10: String(format: "%.2f", number)
    case ..<1000: String(format: "%.1f", number)
    default: String(format: "%.0f", number)
    }
  return text.replacingOccurrences(of: "-", with: "−")
}
