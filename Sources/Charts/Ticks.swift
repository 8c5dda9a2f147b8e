import Drawing
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
        arePlain || 0...1 ~= power
          ? NumberText.powerOfTen(power) : "10" + NumberText.superscript(power)
      }
      return
    }
    let units = AxisUnits(of: range)
    let (low, high) = (units.reduced(range.lowerBound), units.reduced(range.upperBound))
    let step = Self.step(for: high - low, count: count)
    let multiples = Self.multiples(of: step, from: low, to: high, atMost: 2 * count)
    let labels = NumberText.labels(of: multiples, step: step, exponent: units.exponent)
    // Between the smallest numbers there are none, so several multiples can be one number.
    let restored = multiples.map(units.restored)
    let kept = restored.indices.filter { $0 == 0 || restored[$0] > restored[$0 - 1] }
    values = kept.map { restored[$0] }
    self.labels = kept.map { labels[$0] }
  }

  private static func multiples(
    of step: Double, from low: Double, to high: Double, atMost count: Int
  ) -> [Double] {
    // Quotients have rounding errors, and the last tick must not be lost by one.
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last >= first else { return [] }
    return (0...Int(last - first, within: 0...count)).map { (first + Double($0)) * step }
  }

  private static func powersOfTen(in range: ClosedRange<Double>, atMost count: Int) -> [Int] {
    let bounds = -400...400
    let first = Int(log10(range.lowerBound) - 1e-9, within: bounds, rounded: .up)
    let last = Int(log10(range.upperBound) + 1e-9, within: bounds, rounded: .down)
    guard last > first else { return [] }
    let step = (last - first + count - 1) / count
    // Multiples of the step, 1 among them, are easier to read than what begins at the end of the axis.
    let round = Array(stride(from: first, through: last, by: 1)).filter { $0 % step == 0 }
    return round.count > 1 ? round : Array(stride(from: first, through: last, by: step))
  }

  /// The smallest of 1, 2, 2.5 and 5 times a power of ten that cuts a span into at most `count`.
  static func step(for span: Double, count: Int) -> Double {
    let rough = span / Double(count)
    let power = pow(10, log10(rough).rounded(.down))
    let factor = [1, 2, 2.5, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
    return factor * power
  }
}
