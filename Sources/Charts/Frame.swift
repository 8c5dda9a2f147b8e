/// A place in a picture, in pixels from its upper left corner.
struct PlotPoint {
  var x: Double
  var y: Double
}

/// A rectangle, in pixels.
struct Frame {
  var left: Double
  var top: Double
  var width: Double
  var height: Double

  var right: Double { left + width }
  var bottom: Double { top + height }

  /// Whether two rectangles overlap.
  func meets(_ other: Frame) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  /// Whether a straight line has a point in the rectangle.
  ///
  /// Source: Liang and Barsky, *A new concept and method for line clipping*, 1984,
  /// <https://doi.org/10.1145/357332.357333>.
  func isCrossed(from start: PlotPoint, to end: PlotPoint) -> Bool {
    var (first, last) = (0.0, 1.0)
    let sides = [
      (start.x - end.x, start.x - left), (end.x - start.x, right - start.x),
      (start.y - end.y, start.y - top), (end.y - start.y, bottom - start.y),
    ]
    for (outwards, distance) in sides {
      if outwards == 0 {
        if distance < 0 { return false }
      } else if outwards < 0 {
        first = max(first, distance / outwards)
      } else {
        last = min(last, distance / outwards)
      }
    }
    return first <= last
  }
}
