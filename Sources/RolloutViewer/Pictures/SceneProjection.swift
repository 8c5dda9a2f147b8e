import EnvironmentKit

/// Brings a scene from world units into a rectangle of a picture.
struct SceneProjection {
  private let center: Scene.Point
  private let middle: PicturePoint
  /// Points of the picture for each world unit.
  let scale: Double
  private let clip: PictureRectangle

  /// The projection that shows all of a scene, as large as possible, in the middle of a rectangle.
  init(of scene: Scene, into rectangle: PictureRectangle) {
    center = scene.center
    middle = rectangle.middle
    scale = min(rectangle.width / scene.width, rectangle.height / scene.height)
    clip = rectangle
  }

  /// Where a point of the world is in the picture; heights of the world grow upwards.
  func callAsFunction(_ point: Scene.Point) -> PicturePoint {
    middle + scale * PicturePoint(point.x - center.x, center.y - point.y)
  }

  /// The shapes of a scene as marks, those that cannot be drawn left out.
  func marks(of scene: Scene) -> [Mark] {
    scene.shapes.compactMap { shape in
      guard shape.isFinite else { return nil }
      return Mark(outline(of: shape), Palette.paint(for: shape.role), clip: clip)
    }
  }

  private func outline(of shape: Scene.Shape) -> Mark.Shape {
    switch shape.geometry {
    case .polygon(let points):
      .polygon(points.map { self($0) }, rounding: shape.role == .ground ? 0 : 1.5)
    case .line(let points, let width):
      // A line stays visible however small the picture is.
      .curve(points.map { self($0) }, width: max(scale * width, 0.8))
    case .circle(let center, let radius): .disc(center: self(center), radius: scale * radius)
    }
  }
}
