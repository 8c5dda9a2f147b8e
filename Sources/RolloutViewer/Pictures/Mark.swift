/// A place in a picture: x to the right and y downwards, in points.
public typealias PicturePoint = SIMD2<Double>

/// One thing that is drawn: a shape or a text, with its colour.
public struct Mark: Sendable, Hashable {
  /// Where a text lies relative to its place.
  public enum Anchor: String, Sendable, Hashable {
    /// The text begins there.
    case start
    /// The middle of the text is there.
    case middle
    /// The text ends there.
    case end
  }

  /// What is drawn.
  public enum Shape: Sendable, Hashable {
    /// A filled polygon, grown by `rounding` on all sides, which makes its corners round.
    case polygon([PicturePoint], rounding: Double)
    /// A connected line with round ends and corners.
    case curve([PicturePoint], width: Double)
    /// A filled disc.
    case disc(center: PicturePoint, radius: Double)
    /// A line of text; `place` is on its base line.
    case text(String, place: PicturePoint, size: Double, anchor: Anchor, isBold: Bool)
  }

  /// What is drawn.
  public var shape: Shape
  /// In which colour.
  public var color: Color
  /// Outside of which nothing of it shows, `nil` for the whole picture.
  public var clip: PictureRectangle?

  /// Makes a mark.
  ///
  /// Places and lengths are bounded: what is more than a million points away, or not a number, cannot
  /// be drawn by any means.
  public init(_ shape: Shape, _ color: Color, clip: PictureRectangle? = nil) {
    self.shape = shape.bounded
    self.color = color
    self.clip = clip
  }

  /// A rectangle that contains all that is drawn.
  var bounds: PictureRectangle {
    let all =
      switch shape {
      case .polygon(let points, let rounding):
        PictureRectangle(around: points).grown(by: rounding)
      case .curve(let points, let width):
        PictureRectangle(around: points).grown(by: width / 2)
      case .disc(let center, let radius): PictureRectangle(around: [center]).grown(by: radius)
      case .text(let text, let place, let size, let anchor, let isBold):
        StrokeFont.bounds(of: text, at: place, size: size, anchor: anchor, isBold: isBold)
      }
    return clip.map { all.intersection(with: $0) } ?? all
  }
}

extension Mark {
  /// A filled rectangle.
  static func rectangle(
    _ rectangle: PictureRectangle, _ color: Color, rounding: Double = 0
  ) -> Mark {
    Mark(.polygon(rectangle.grown(by: -rounding).corners, rounding: rounding), color)
  }

  /// A straight line.
  static func line(
    _ start: PicturePoint, _ end: PicturePoint, width: Double, _ color: Color
  ) -> Mark {
    Mark(.curve([start, end], width: width), color)
  }

  /// A line of text.
  static func text(
    _ text: String, at place: PicturePoint, size: Double, _ color: Color,
    anchor: Anchor = .start, isBold: Bool = false
  ) -> Mark {
    Mark(.text(text, place: place, size: size, anchor: anchor, isBold: isBold), color)
  }
}

/// What is drawn on a ground of one colour, from back to front.
public struct Picture: Sendable, Hashable {
  /// Width and height in points.
  public var size: PicturePoint
  /// The colour of the ground.
  public var background: Color
  /// What is drawn, in layers: marks of the same rank in the same layer of two pictures stand for
  /// the same thing.
  public var layers: [[Mark]]

  /// Makes a picture.
  public init(size: PicturePoint, background: Color, layers: [[Mark]]) {
    self.size = size
    self.background = background
    self.layers = layers
  }

  /// The mark of a rank in a layer, `nil` if there is none.
  func mark(_ rank: Int, in layer: Int) -> Mark? {
    layer < layers.count && rank < layers[layer].count ? layers[layer][rank] : nil
  }
}
