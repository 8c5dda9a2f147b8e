import EnvironmentKit

/// The parts that the pictures of carts and poles share.
extension Scene {
  /// The rail that a cart runs on, with a tick on each side where an episode ends.
  static func rail(limit: Double) -> [Scene.Shape] {
    let (left, right) = (-limit - 0.3, limit + 0.3)
    let ticks = [-limit, limit].map { x in
      Shape.line(Point(x, -0.26), Point(x, -0.06), width: 0.03, role: .boundary)
    }
    return [.line(Point(left, -0.16), Point(right, -0.16), width: 0.02, role: .ground)] + ticks
  }

  /// A cart whose hinge is at the height 0.
  static func cart(at position: Double) -> [Scene.Shape] {
    [
      .rectangle(at: Point(position, -0.01), width: 0.5, height: 0.22, role: .body),
      .disc(at: Point(position - 0.15, -0.12), radius: 0.045, role: .joint),
      .disc(at: Point(position + 0.15, -0.12), radius: 0.045, role: .joint),
    ]
  }

  /// A pole and the joint that it turns about; `angle` is 0 upright, positive to the right.
  static func pole(from hinge: Point, length: Double, angle: Double) -> [Scene.Shape] {
    [
      .line(hinge, hinge + length * Point.leaning(by: angle), width: 0.08, role: .limb),
      .disc(at: hinge, radius: 0.05, role: .joint),
    ]
  }
}

extension Scene.Point {
  /// The displacement of length 1 that leans from straight up to the right by an angle.
  static func leaning(by angle: Double) -> Scene.Point {
    let (sine, cosine) = sineAndCosine(angle)
    return Scene.Point(sine, cosine)
  }

  /// The displacement of length 1 that points right, turned counter-clockwise by an angle.
  static func turned(by angle: Double) -> Scene.Point {
    let (sine, cosine) = sineAndCosine(angle)
    return Scene.Point(cosine, sine)
  }
}
