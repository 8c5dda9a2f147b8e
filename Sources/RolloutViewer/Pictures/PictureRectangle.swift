/// A rectangle of a picture whose sides are level and upright.
public struct PictureRectangle: Sendable, Hashable {
  /// The corner at the top left.
  public var origin: PicturePoint
  /// Width and height.
  public var size: PicturePoint

  /// Makes a rectangle.
  public init(x: Double, y: Double, width: Double, height: Double) {
    origin = PicturePoint(x, y)
    size = PicturePoint(width, height)
  }

  /// The smallest rectangle around some points.
  init(around points: [PicturePoint]) {
    let lowest = points.reduce(PicturePoint(repeating: .infinity)) { pointwiseMin($0, $1) }
    let highest = points.reduce(PicturePoint(repeating: -.infinity)) { pointwiseMax($0, $1) }
    self.init(from: lowest, to: highest)
  }

  private init(from start: PicturePoint, to end: PicturePoint) {
    origin = start
    size = end - start
  }

  var left: Double { origin.x }
  var top: Double { origin.y }
  var right: Double { origin.x + size.x }
  var bottom: Double { origin.y + size.y }
  var width: Double { size.x }
  var height: Double { size.y }
  var middle: PicturePoint { origin + size / 2 }
  var isEmpty: Bool { !(size.x > 0 && size.y > 0) }

  /// The corners, clockwise from the top left.
  var corners: [PicturePoint] {
    [
      origin, PicturePoint(right, top), PicturePoint(right, bottom), PicturePoint(left, bottom),
    ]
  }

  /// The rectangle, larger on each side.
  func grown(by margin: Double) -> PictureRectangle {
    PictureRectangle(from: origin - margin, to: origin + size + margin)
  }

  /// What both rectangles contain; empty where they do not meet.
  func intersection(with other: PictureRectangle) -> PictureRectangle {
    let start = pointwiseMax(origin, other.origin)
    let end = pointwiseMin(origin + size, other.origin + other.size)
    return PictureRectangle(from: start, to: pointwiseMax(start, end))
  }

  /// One of the cells of a grid that fills the rectangle, row by row.
  func cell(_ index: Int, columns: Int, rows: Int, gap: Double) -> PictureRectangle {
    let counts = PicturePoint(Double(columns), Double(rows))
    let cell = (size - gap * (counts - 1)) / counts
    let place = PicturePoint(Double(index % columns), Double(index / columns))
    let start = origin + place * (cell + gap)
    return PictureRectangle(from: start, to: start + cell)
  }
}
