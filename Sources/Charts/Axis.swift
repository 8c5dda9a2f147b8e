import Foundation

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
  /// - Precondition: The range of a logarithmic axis is positive, and no range is empty.
  public init(_ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    if let range {
      precondition(
        range.lowerBound < range.upperBound && (scale == .linear || range.lowerBound > 0),
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
  /// - Returns: The range, never empty.
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

  private func linearRange(
    _ lowest: Double, _ highest: Double, ticks: Int, isTight: Bool
  ) -> ClosedRange<Double> {
    if lowest == highest {
      let margin = max(abs(lowest) / 2, 0.5)
      return lowest - margin...highest + margin
    }
    // An axis that nearly reaches zero shows it.
    let start = lowest > 0 && lowest < highest / 4 ? 0 : lowest
    if isTight { return start...highest }
    let step = Ticks.step(for: highest - start, count: ticks)
    return (start / step).rounded(.down) * step...(highest / step).rounded(.up) * step
  }

  private func logarithmicRange(
    _ lowest: Double, _ highest: Double, isTight: Bool
  ) -> ClosedRange<Double> {
    if isTight && lowest < highest { return lowest...highest }
    let bottom = pow(10, log10(lowest).rounded(.down))
    let top = pow(10, log10(highest).rounded(.up))
    return bottom < top ? bottom...top : bottom / 10...top * 10
  }
}

/// Where the numbers of an axis lie in the picture.
struct Projection {
  let scale: Axis.Scale
  let range: ClosedRange<Double>
  /// Where the range begins and ends, in pixels.
  let start: Double
  let end: Double

  func callAsFunction(_ value: Double) -> Double {
    let (low, high) = (place(range.lowerBound), place(range.upperBound))
    return start + (place(value) - low) / (high - low) * (end - start)
  }

  private func place(_ value: Double) -> Double { scale == .linear ? value : log10(value) }
}
