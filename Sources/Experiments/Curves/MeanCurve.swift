import Charts
import Drawing

/// What several runs have in common: one line through the middle, and a band.
struct MeanCurve {
  /// The line, with a band if there are several runs.
  let points: [Point]

  /// How many points a line has at most.
  static let resolution = 250

  /// The curve of one run as it is, or the middle of several.
  ///
  /// Where the runs were not recorded at the same places, their curves are followed in straight
  /// lines. The middle begins where all runs have begun and ends where the first one ends, so that
  /// it is over the same runs everywhere.
  ///
  /// - Parameters:
  ///   - curves: The points of each run, from left to right.
  ///   - middle: The middle of the runs' numbers at a place, and how far the band reaches.
  init(
    of curves: [[CurvePoint]],
    middle: ([Double]) -> (middle: Double, band: ClosedRange<Double>) = Self.meanAndRange
  ) {
    let curves = curves.filter { !$0.isEmpty }
    guard curves.count > 1 else {
      points = Self.thinned(curves.first ?? []).map { Point(x: $0.x, y: $0.y) }
      return
    }
    let start = curves.compactMap(\.first?.x).max() ?? 0
    let end = curves.compactMap(\.last?.x).min() ?? 0
    points = Self.places(from: start, to: end).map { x in
      let (middle, band) = middle(curves.map { Self.height(of: $0, at: x) })
      return Point(x: x, y: middle, band: band)
    }
  }

  /// Whether the middle of some runs leaves out the ends of some of them.
  ///
  /// - Parameter ends: Where each run ends.
  /// - Returns: Whether one ends more than a hundredth before another.
  static func isCutShort(_ ends: [Double]) -> Bool {
    guard let first = ends.min(), let last = ends.max() else { return false }
    return first < last - abs(last) / 100
  }

  /// What a caption says of it.
  static let cutShort = "A line ends where the first of its runs ends."

  /// The mean, and the band from the lowest to the highest.
  static func meanAndRange(_ numbers: [Double]) -> (middle: Double, band: ClosedRange<Double>) {
    let (lowest, highest) = (numbers.min() ?? .nan, numbers.max() ?? .nan)
    return (Statistics.mean(numbers), lowest...highest)
  }

  private static func places(from start: Double, to end: Double) -> [Double] {
    if start > end { return [] }
    if start == end { return [start] }
    let last = Double(resolution - 1)
    return (0..<resolution).map { Statistics.between(start, end, part: Double($0) / last) }
  }

  /// Where a curve passes a place, which lies within its ends.
  private static func height(of curve: [CurvePoint], at x: Double) -> Double {
    var (low, high) = (0, curve.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if curve[middle].x <= x { low = middle } else { high = middle }
    }
    let (left, right) = (curve[low], curve[high])
    if right.x <= left.x { return right.y }
    // Of the largest numbers only the halves have a difference.
    let part = (x / 2 - left.x / 2) / (right.x / 2 - left.x / 2)
    return Statistics.between(left.y, right.y, part: part.bounded(by: 0...1))
  }

  /// The means of neighbouring points, in at most `count` bins of about equally many.
  static func binned(_ points: [CurvePoint], into count: Int) -> [CurvePoint] {
    guard points.count > count else { return points }
    return (0..<count).map { bin in
      let members = points[bin * points.count / count..<(bin + 1) * points.count / count]
      return CurvePoint(
        x: Statistics.mean(members.map(\.x)), y: Statistics.mean(members.map(\.y)))
    }
  }

  /// Some of the points, the last among them, where there are more than can be seen.
  private static func thinned(_ points: [CurvePoint]) -> [CurvePoint] {
    let every = (points.count + 2 * resolution - 1) / (2 * resolution)
    guard every > 1 else { return points }
    return points.indices.filter { $0 % every == 0 || $0 == points.count - 1 }.map { points[$0] }
  }
}
