import Drawing
import Foundation

/// How numbers are written beside an axis.
enum NumberText {
  /// The labels of equidistant numbers.
  ///
  /// - Parameters:
  ///   - values: The numbers, as multiples of a power of ten.
  ///   - step: The distance between two of them.
  ///   - exponent: The power of ten that the numbers are multiples of.
  /// - Returns: A label for each, all different where the numbers are.
  static func labels(of values: [Double], step: Double, exponent: Int = 0) -> [String] {
    let largest = values.map { abs($0) }.max() ?? 0
    let (unit, suffix) = unit(for: largest)
    // A step of 2.5 needs a digit more than its power of ten says.
    let power = powerOfTen(below: step / unit)
    let leading = step / unit / pow(10, Double(power))
    let finer = abs(leading - 2.5) < 1e-6 ? 1 : 0
    let digits = max(0, finer - power)
    if digits > 5 || exponent != 0 {
      let last = powerOfTen(below: step) - finer
      return values.map { value in
        abs(value) < step / 2 ? "0" : scientific(value, lastDigit: last, exponent: exponent)
      }
    }
    return values.map { value in
      abs(value) < step / 2 ? "0" : fixed(value / unit, digits: digits) + suffix
    }
  }

  /// A number that stands alone, with two significant digits where it is very large or small.
  static func short(_ value: Double) -> String {
    let size = abs(value)
    if size < 1e-3 || size >= 1e6 {
      let units = AxisUnits(of: -size...size)
      let reduced = units.reduced(value)
      return value == 0
        ? "0"
        : scientific(
          reduced, lastDigit: powerOfTen(below: abs(reduced)) - 1, exponent: units.exponent)
    }
    return fixed(value, digits: size < 10 ? 2 : size < 1000 ? 1 : 0)
  }

  private static func unit(for largest: Double) -> (unit: Double, suffix: String) {
    switch largest {
    case ..<10_000: return (1, "")
    case ..<1e6: return (1e3, "k")
    case ..<1e9: return (1e6, "M")
    case ..<1e12: return (1e9, "G")
    default:
      let power = powerOfTen(below: largest)
      return (pow(10, Double(power)), "e\(power)")
    }
  }

  private static func fixed(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value).replacingOccurrences(of: "-", with: "−")
  }

  /// A number as a mantissa and a power of ten.
  private static func scientific(_ value: Double, lastDigit: Int, exponent: Int) -> String {
    let power = powerOfTen(below: abs(value))
    let digits = min(max(power - lastDigit, 1), 16)
    let mantissa = fixed(value / pow(10, Double(power)), digits: digits)
    return "\(mantissa)·10\(superscript(power + exponent))"
  }

  /// The largest whole power of ten that a positive number reaches.
  private static func powerOfTen(below value: Double) -> Int {
    Int(log10(value * (1 + 1e-9)), within: -400...400, rounded: .down)
  }

  /// A power of ten in full.
  static func powerOfTen(_ exponent: Int) -> String {
    exponent >= 0
      ? "1" + String(repeating: "0", count: exponent)
      : "0." + String(repeating: "0", count: -exponent - 1) + "1"
  }

  /// A whole number as an exponent.
  static func superscript(_ number: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let text = String(abs(number)).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (number < 0 ? "⁻" : "") + String(text)
  }
}
