import EnvironmentKit

extension Scene {
  /// A picture for an environment that gives none: a bar for each number that is observed, upwards
  /// or downwards from the middle.
  ///
  /// Bounds are the ends of a bar; without bounds its length grows ever more slowly, x / (1 + |x|).
  init(bars observation: [Float], within space: BoxSpace) {
    let bars = observation.enumerated().map { index, number in
      let length = Self.length(Double(number), space.lowest[index], space.highest[index])
      return Shape.rectangle(
        at: Point(Double(index), length / 2), width: 0.7, height: max(abs(length), 0.01),
        role: .body)
    }
    let last = Double(max(observation.count - 1, 0))
    let axis = Shape.line(Point(-0.6, 0), Point(last + 0.6, 0), width: 0.02, role: .ground)
    self.init(
      center: Point(last / 2, 0), width: max(last + 2, 3), height: 2.4, shapes: bars + [axis])
  }

  private static func length(_ number: Double, _ lowest: Float, _ highest: Float) -> Double {
    guard number.isFinite else { return 0 }
    let bound = Double(max(abs(lowest), abs(highest)))
    return bound.isFinite && bound > 0
      ? min(max(number / bound, -1), 1) : number / (1 + abs(number))
  }
}
