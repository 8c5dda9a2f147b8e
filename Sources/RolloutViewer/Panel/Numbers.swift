import Foundation

/// A part of 1 in percent.
func percentage(_ part: Double) -> String { String(format: "%.1f%%", 100 * part) }

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
