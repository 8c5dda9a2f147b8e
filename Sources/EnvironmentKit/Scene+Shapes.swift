extension Scene.Point {
  /// The point that lies a displacement away from another.
  public static func + (point: Scene.Point, displacement: Scene.Point) -> Scene.Point {
    Scene.Point(point.x + displacement.x, point.y + displacement.y)
  }

  /// A displacement made longer.
  public static func * (factor: Double, displacement: Scene.Point) -> Scene.Point {
    Scene.Point(factor * displacement.x, factor * displacement.y)
  }

  /// Whether both coordinates are numbers that can be drawn.
  public var isFinite: Bool { x.isFinite && y.isFinite }
}

extension Scene.Shape {
  /// A connected line through some points.
  public static func line(
    _ points: Scene.Point..., width: Double, role: Scene.Role
  ) -> Scene.Shape {
    Scene.Shape(.line(points, width: width), role: role)
  }

  /// A filled disc.
  public static func disc(
    at center: Scene.Point, radius: Double, role: Scene.Role
  ) -> Scene.Shape {
    Scene.Shape(.circle(center: center, radius: radius), role: role)
  }

  /// A filled rectangle.
  ///
  /// - Parameters:
  ///   - center: Its middle.
  ///   - width: Its extent along `axis`.
  ///   - height: Its extent across `axis`.
  ///   - axis: A displacement of length 1; level unless something else is given.
  ///   - role: What it stands for.
  /// - Returns: The shape.
  public static func rectangle(
    at center: Scene.Point, width: Double, height: Double,
    axis: Scene.Point = Scene.Point(1, 0), role: Scene.Role
  ) -> Scene.Shape {
    let along = (width / 2) * axis
    let across = (height / 2) * Scene.Point(-axis.y, axis.x)
    let corners = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map { corner in
      center + corner.0 * along + corner.1 * across
    }
    return Scene.Shape(.polygon(corners), role: role)
  }
}

extension Scene.Shape {
  /// Whether every number of the shape can be drawn: none is NaN or infinite.
  public var isFinite: Bool {
    switch geometry {
    case .polygon(let points): points.allSatisfy(\.isFinite)
    case .line(let points, let width): points.allSatisfy(\.isFinite) && width.isFinite
    case .circle(let center, let radius): center.isFinite && radius.isFinite
    }
  }
}

extension Scene {
  /// Whether every number of the picture can be drawn: none is NaN or infinite.
  public var isFinite: Bool {
    center.isFinite && width.isFinite && height.isFinite && shapes.allSatisfy(\.isFinite)
  }
}
