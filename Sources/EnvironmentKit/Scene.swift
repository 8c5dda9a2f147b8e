import Requirements

/// A picture of a state: a list of shapes in the units of the environment's world.
///
/// The picture is centred on ``center``, x points right and y points up. The renderer (a
/// window, a file) chooses the scale; so an environment contains no drawing code.
public struct Scene: Sendable, Codable, Hashable {
  /// A point or a displacement in world units.
  public struct Point: Sendable, Codable, Hashable {
    /// To the right.
    public var x: Double
    /// Upwards.
    public var y: Double

    /// Makes a point.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// What a shape stands for; the renderer chooses the paint.
  public enum Role: String, Sendable, Codable {
    /// The thing that is controlled.
    case body
    /// A second moving part.
    case limb
    /// A joint or a wheel.
    case joint
    /// Ground, rails, walls.
    case ground
    /// Where to go.
    case target
    /// Where an episode ends in failure.
    case boundary
    /// A force or an action.
    case force
  }

  /// The outline of a shape.
  public enum Geometry: Sendable, Codable, Hashable {
    /// A closed, filled polygon.
    case polygon([Point])
    /// A connected line with round ends, `width` in world units.
    case line([Point], width: Double)
    /// A filled disc.
    case circle(center: Point, radius: Double)
  }

  /// One shape.
  public struct Shape: Sendable, Codable, Hashable {
    /// Its outline.
    public var geometry: Geometry
    /// What it stands for.
    public var role: Role

    /// Makes a shape.
    public init(_ geometry: Geometry, role: Role) {
      self.geometry = geometry
      self.role = role
    }
  }

  /// The middle of the picture.
  public var center: Point
  /// How much of the world the picture shows, from left to right.
  public var width: Double
  /// How much of the world the picture shows, from bottom to top.
  public var height: Double
  /// The shapes, from back to front.
  public var shapes: [Shape]
  /// Whether a recording may show shapes between the places of two steps. A grid world, whose things
  /// jump from cell to cell, sets it to `false`.
  public var movesSmoothly: Bool

  /// Makes a picture.
  ///
  /// - Precondition: `width` and `height` are positive.
  public init(
    center: Point = Point(0, 0), width: Double, height: Double, shapes: [Shape],
    movesSmoothly: Bool = true
  ) {
    require(
      width > 0 && height > 0, "A scene of size \(width) × \(height) has no area to be drawn.")
    self.center = center
    self.width = width
    self.height = height
    self.shapes = shapes
    self.movesSmoothly = movesSmoothly
  }
}
