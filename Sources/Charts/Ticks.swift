import Foundation

/// The marks of an axis: round numbers, and how they are written.
struct Ticks {
  let values: [Double]
  let labels: [String]

  /// The marks of a range.
  init(_ range: ClosedRange<Double>, scale: Axis.Scale, count: Int) {
    let powers = scale == .logarithmic ? Self.powersOfTen(in: range, atMost: count) : []
    if powers.count > 1 {
      values = powers.map { pow(10, Double($0)) }
      // Two ways of writing on one axis would be hard to compare.
      let arePlain = powers.allSatisfy { abs($0) <= 3 }
      labels = powers.map { power in
        arePlain || 0...1 ~= power ? Self.plain(power) : "10" + Self.superscript(power)
      }
    } else {
      let step = Self.step(for: range.upperBound - range.lowerBound, count: count)
      values = Self.multiples(of: step, in: range)
      labels = Self.labels(of: values, step: step)
    }
  }

  private static func multiples(of step: Double, in range: ClosedRange<Double>) -> [Double] {
    // Quotients have rounding errors, and the last tick must not be lost by one.
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private static func powersOfTen(in range: ClosedRange<Double>, atMost count: Int) -> [Int] {
    let first = Int((log10(range.lowerBound) - 1e-9).rounded(.up))
    let last = Int((log10(range.upperBound) + 1e-9).rounded(.down))
    guard last > first else { return [] }
    return Array(stride(from: first, through: last, by: (last - first + count - 1) / count))
  }

  /// The smallest of 1, 2, 2.5 and 5 times a power of ten that cuts a span into at most `count`.
  static func step(for span: Double, count: Int) -> Double {
    let rough = span / Double(count)
    let power = pow(10, log10(rough).rounded(.down))
    let factor = [1, 2, 2.5, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
    return factor * power
  }

  // MARK: Labels

  private static func labels(of values: [Double], step: Double) -> [String] {
    let largest = values.map { abs($0) }.max() ?? 0
    let (unit, suffix) = unit(for: largest)
    // A step of 2.5 needs a digit more than its power of ten says.
    let power = Int(log10(step / unit * (1 + 1e-9)).rounded(.down))
    let leading = step / unit / pow(10, Double(power))
    let digits = max(0, -power + (abs(leading - 2.5) < 1e-6 ? 1 : 0))
    if digits > 5 { return values.map(scientific) }
    return values.map { value in
      abs(value) < step / 2 ? "0" : text(value / unit, digits: digits) + suffix
    }
  }

  private static func unit(for largest: Double) -> (unit: Double, suffix: String) {
    switch largest {
    case ..<10_000: (1, "")
    case ..<1e6: (1e3, "k")
    case ..<1e9: (1e6, "M")
    case ..<1e12: (1e9, "G")
    default: (pow(10, log10(largest).rounded(.down)), "e\(Int(log10(largest).rounded(.down)))")
    }
  }

  private static func text(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value).replacingOccurrences(of: "-", with: "−")
  }

  private static func scientific(_ value: Double) -> String {
    if value == 0 { return "0" }
    let exponent = Int(log10(abs(value) * (1 + 1e-12)).rounded(.down))
    let mantissa = text(value / pow(10, Double(exponent)), digits: 1)
    return "\(mantissa)·10\(superscript(exponent))"
  }

  private static func plain(_ exponent: Int) -> String {
    exponent >= 0
      ? "1" + String(repeating: "0", count: exponent)
      : "0." + String(repeating: "0", count: -exponent - 1) + "1"
  }

  private static func superscript(_ number: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let text = String(abs(number)).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (number < 0 ? "⁻" : "") + String(text)
  }
}
