import Foundation
import Requirements

/// An axis: its label and how numbers are laid out along it.
public struct Axis: Sendable {
  /// How numbers are laid out.
  public enum Scale: Sendable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long; numbers that are not positive are left out.
    case logarithmic
  }

  /// What the numbers are, with their unit; nothing where the title of the chart says it.
  public var label: String
  /// How they are laid out.
  public var scale: Scale
  /// Which numbers are shown; those of the lines if `nil`.
  public var range: ClosedRange<Double>?

  /// Describes an axis.
  ///
  /// - Precondition: A range is finite and not empty, and that of a logarithmic axis is positive.
  public init(_ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    if let range {
      require(
        range.lowerBound < range.upperBound && range.lowerBound.isFinite
          && range.upperBound.isFinite && (scale == .linear || range.lowerBound > 0),
        "An axis cannot show the range \(range) on a \(scale) scale.")
    }
    self.label = label
    self.scale = scale
    self.range = range
  }

  /// Whether a number has a place on the axis.
  func admits(_ value: Double) -> Bool {
    value.isFinite && (scale == .linear || value > 0)
  }

  /// The range that is shown of an axis along which `values` lie.
  ///
  /// - Parameters:
  ///   - values: The numbers that must be seen.
  ///   - ticks: How many ticks are wanted.
  ///   - isTight: Whether the range ends where the numbers end, instead of at a tick.
  /// - Returns: The range: finite, and wide enough that its ends have different places.
  func shownRange(of values: [Double], ticks: Int, isTight: Bool) -> ClosedRange<Double> {
    if let range { return range }
    let values = values.filter(admits)
    guard let lowest = values.min(), let highest = values.max() else {
      return scale == .linear ? 0...1 : 1...10
    }
    return scale == .linear
      ? linearRange(lowest, highest, ticks: ticks, isTight: isTight)
      : logarithmicRange(lowest, highest, isTight: isTight)
  }

  /// Numbers that differ by less than this part of their size are shown as one: labels that tell
  /// them apart would have ten digits.
  private static let resolution = 1e-9
  private static let largest = Double.greatestFiniteMagnitude
  private static let smallest = Double.leastNonzeroMagnitude

  private func linearRange(
    _ lowest: Double, _ highest: Double, ticks: Int, isTight: Bool
  ) -> ClosedRange<Double> {
    let units = AxisUnits(of: lowest...highest)
    var (low, high) = (units.reduced(lowest), units.reduced(highest))
    if high - low <= Self.resolution * max(abs(low), abs(high)) {
      let margin = max(abs(lowest) / 2, 0.5)
      return max(lowest - margin, -Self.largest)...min(highest + margin, Self.largest)
    }
    // An axis that nearly reaches zero shows it.
    if low > 0 && low < high / 4 { low = 0 }
    if !isTight {
      let step = Ticks.step(for: high - low, count: ticks)
      (low, high) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
    }
    return units.restored(low)...units.restored(high)
  }

  private func logarithmicRange(
    _ lowest: Double, _ highest: Double, isTight: Bool
  ) -> ClosedRange<Double> {
    let (low, high) = (log10(lowest), log10(highest))
    if isTight && high - low > Self.resolution { return lowest...highest }
    let (bottom, top) = (low.rounded(.down), high.rounded(.up))
    let margin = bottom < top ? 0.0 : 1
    return max(pow(10, bottom - margin), Self.smallest)...min(pow(10, top + margin), Self.largest)
  }
}
