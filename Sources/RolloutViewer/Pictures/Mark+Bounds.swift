import Drawing

extension Mark.Shape {
  /// The shape with places and lengths that can be drawn.
  fileprivate func bounded(_ points: [PicturePoint]) -> [PicturePoint] {
    points.allSatisfy(\.isBounded) ? points : points.map(\.bounded)
  }

  /// The shape with all places within a million points, and lengths from 0 to a million.
  var bounded: Mark.Shape {
    func length(_ length: Double) -> Double { length.bounded(by: 0...SVG.farthest) }
    return switch self {
    case .polygon(let points, let rounding):
      .polygon(bounded(points), rounding: length(rounding))
    case .curve(let points, let width): .curve(bounded(points), width: length(width))
    case .disc(let center, let radius): .disc(center: center.bounded, radius: length(radius))
    case .text(let text, let place, let size, let anchor, let isBold):
      .text(text, place: place.bounded, size: length(size), anchor: anchor, isBold: isBold)
    }
  }
}

extension PicturePoint {
  private static var limits: ClosedRange<Double> { -SVG.farthest...SVG.farthest }

  /// Whether both coordinates are within a million points.
  fileprivate var isBounded: Bool { Self.limits.contains(x) && Self.limits.contains(y) }

  fileprivate var bounded: PicturePoint {
    PicturePoint(x.bounded(by: Self.limits), y.bounded(by: Self.limits))
  }
}
