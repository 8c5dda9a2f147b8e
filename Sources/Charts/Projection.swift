import Drawing
import Foundation

/// Units of an axis in which differences of its numbers neither overflow nor vanish.
///
/// The numbers of an axis from −1.7e308 to 1.7e308 are finite and their difference is not; those of
/// an axis from 0 to 5e−324 have no half.
struct AxisUnits {
  /// The power of ten that is one unit.
  let exponent: Int

  /// The units of a range; ones, unless its numbers are extreme.
  init(of range: ClosedRange<Double>) {
    let size = max(abs(range.lowerBound), abs(range.upperBound))
    exponent = size > 1e290 ? 20 : size < 1e-280 ? -300 : 0
  }

  /// A number in these units.
  func reduced(_ value: Double) -> Double {
    exponent == 0 ? value : exponent > 0 ? value / 1e20 : value * 1e300
  }

  /// The number that so many units are; the largest finite one where it would overflow.
  func restored(_ units: Double) -> Double {
    if exponent == 0 { return units }
    let value = exponent > 0 ? units * 1e20 : units / 1e300
    let largest = Double.greatestFiniteMagnitude
    return min(max(value, -largest), largest)
  }
}

/// Where the numbers of an axis lie in the picture.
struct Projection {
  let scale: Axis.Scale
  let range: ClosedRange<Double>
  /// Where the range begins and ends, in pixels.
  let start: Double
  let end: Double

  /// A number beyond the range lies at most so many lengths of the axis away: renderers compute
  /// with single precision.
  private static let farthest = 1000.0

  /// The place of a number, in pixels.
  ///
  /// - Precondition: The number is finite, and positive on a logarithmic axis.
  func callAsFunction(_ value: Double) -> Double {
    let units = AxisUnits(of: range)
    func place(_ value: Double) -> Double {
      scale == .linear ? units.reduced(value) : log10(value)
    }
    let (low, high) = (place(range.lowerBound), place(range.upperBound))
    guard low < high else { return (start + end) / 2 }
    let part = (place(value) - low) / (high - low)
    return start + min(max(part, -Self.farthest), Self.farthest) * (end - start)
  }
}
