/// Looks along a direction for a step that makes a function fall far enough and flat enough:
///
///     φ(t) ≤ φ(0) + c₁ t φ'(0)        |φ'(t)| ≤ c₂ |φ'(0)|
///
/// These are the strong conditions of Wolfe. First the step grows until an interval is known that
/// contains such a point, then the interval shrinks. Where the function is not finite it counts as
/// infinitely large, so that the search turns round there.
///
/// Source: Nocedal and Wright, *Numerical Optimization*, 2nd edition, algorithms 3.5 and 3.6, with
/// their constants for quasi-Newton directions.
struct WolfeSearch {
  /// A step `t`, the value `φ(t)` and the slope `φ'(t)`.
  struct Point {
    var step: Double
    var value: Double
    var slope: Double

    var isFinite: Bool { value.isFinite && slope.isFinite }
  }

  private static let sufficientDecrease = 1e-4
  private static let flatness = 0.9
  private static let mostEvaluations = 25

  /// Step 0, where the slope is negative.
  let start: Point
  /// The length below which an interval is not divided.
  let smallestBracket: Double

  private var evaluations = 0
  private var last: Point

  init(start: Point, smallestBracket: Double) {
    self.start = start
    self.smallestBracket = smallestBracket
    last = start
  }

  /// Finds a step, the last at which `function` was evaluated.
  ///
  /// - Parameters:
  ///   - first: The step that is tried first, positive.
  ///   - function: Gives the point at a step.
  /// - Returns: The point; the best found if the conditions could not be met.
  mutating func run(first: Double, _ function: (Double) -> Point) -> Point {
    let found = grow(first, function)
    // The caller has the gradient of the last evaluation.
    return found.step == last.step ? found : function(found.step)
  }

  private mutating func evaluate(_ step: Double, _ function: (Double) -> Point) -> Point {
    evaluations += 1
    last = function(step)
    if !last.isFinite { last = Point(step: step, value: .infinity, slope: 0) }
    return last
  }

  private mutating func grow(_ first: Double, _ function: (Double) -> Point) -> Point {
    var previous = start
    var point = evaluate(first, function)
    while true {
      if isTooHigh(point) || (evaluations > 1 && point.value >= previous.value) {
        return shrink(low: previous, high: point, function)
      }
      if isFlat(point) || evaluations >= Self.mostEvaluations { return point }
      if point.slope >= 0 { return shrink(low: point, high: previous, function) }
      let bounds = point.step + 0.01 * (point.step - previous.step)...10 * point.step
      let next = cubicMinimum(previous, point) ?? bounds.upperBound
      previous = point
      point = evaluate(min(max(next, bounds.lowerBound), bounds.upperBound), function)
    }
  }

  /// Shrinks an interval of which `low` is the lower end, and from which the function falls towards
  /// the other.
  private mutating func shrink(
    low: Point, high: Point, _ function: (Double) -> Point
  ) -> Point {
    var (low, high) = (low, high)
    while evaluations < Self.mostEvaluations && abs(high.step - low.step) >= smallestBracket {
      let point = evaluate(trial(between: low, high), function)
      if isTooHigh(point) || point.value >= low.value {
        high = point
      } else {
        if isFlat(point) { return point }
        if point.slope * (high.step - low.step) >= 0 { high = low }
        low = point
      }
    }
    return low
  }

  private func isTooHigh(_ point: Point) -> Bool {
    point.value > start.value + Self.sufficientDecrease * point.step * start.slope
  }

  private func isFlat(_ point: Point) -> Bool {
    abs(point.slope) <= -Self.flatness * start.slope
  }

  /// Where a cubic through both ends is smallest, but at least a tenth of the interval from either.
  private func trial(between low: Point, _ high: Point) -> Double {
    let middle = (low.step + high.step) / 2
    let guess = high.isFinite ? cubicMinimum(low, high) ?? middle : middle
    let (left, right) = (min(low.step, high.step), max(low.step, high.step))
    let margin = (right - left) / 10
    return min(max(guess, left + margin), right - margin)
  }

  /// Where the cubic with the values and slopes of two points is smallest, if it is anywhere.
  ///
  /// Source: Nocedal and Wright, equation 3.59.
  private func cubicMinimum(_ a: Point, _ b: Point) -> Double? {
    let chord = 3 * (a.value - b.value) / (a.step - b.step)
    let first = a.slope + b.slope - chord
    let square = first * first - a.slope * b.slope
    guard square >= 0 else { return nil }
    let second = (b.step > a.step ? 1 : -1) * square.squareRoot()
    let divisor = b.slope - a.slope + 2 * second
    let minimum = b.step - (b.step - a.step) * (b.slope + second - first) / divisor
    return minimum.isFinite ? minimum : nil
  }
}
