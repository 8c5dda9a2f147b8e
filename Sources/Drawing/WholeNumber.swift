extension Int {
  /// The whole number that a floating number is rounded to, within bounds.
  ///
  /// Every pixel, tick and count that a picture takes from a number goes through here: converting
  /// a number that is not finite, or larger than any integer, would end the program.
  ///
  /// - Parameters:
  ///   - value: Any number; NaN counts as the lower bound.
  ///   - bounds: The least and the largest result.
  ///   - rule: How to round.
  package init(
    _ value: Double, within bounds: ClosedRange<Int>,
    rounded rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) {
    let rounded = value.rounded(rule)
    if !(rounded > Double(bounds.lowerBound)) {
      self = bounds.lowerBound
    } else if rounded >= Double(bounds.upperBound) {
      self = bounds.upperBound
    } else {
      self = Int(rounded)
    }
  }

  /// The same for a number of single precision.
  package init(
    _ value: Float, within bounds: ClosedRange<Int>,
    rounded rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) {
    self.init(Double(value), within: bounds, rounded: rule)
  }
}

extension Double {
  /// The number, or the end of a range that it lies beyond; NaN becomes the number of the range that is
  /// nearest to 0.
  package func bounded(by range: ClosedRange<Double>) -> Double {
    min(max(isNaN ? 0 : self, range.lowerBound), range.upperBound)
  }
}
