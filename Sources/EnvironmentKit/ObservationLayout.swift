import Requirements

/// The named parts of an observation, which lie one after another in a flat row of D numbers.
///
/// A task with a single vector needs none: its layout is one part without a name.
///
///     ObservationLayout([
///       .init("camera", shape: [84, 84, 4], element: .uint8, lowest: 0, highest: 255),
///       .init("speed", shape: [2], lowest: -5, highest: 5),
///     ])
public struct ObservationLayout: Sendable, Codable, Hashable {
  /// What an element of a part is stored as where memory matters.
  public enum Element: String, Sendable, Codable, Hashable {
    /// A number in single precision.
    case float32
    /// A whole number from 0 to 255, as in images.
    case uint8
  }

  /// A part of an observation.
  public struct Part: Sendable, Codable, Hashable {
    /// The name, unique in its layout; empty for the only part of a plain vector.
    public let name: String
    /// The extent of each axis, the last one contiguous; images are `[height, width, channels]`.
    public let shape: [Int]
    /// What an element is stored as.
    public let element: Element
    /// The bounds of the elements, in row-major order.
    public let space: BoxSpace
    /// The index of its first element in the flat row.
    public fileprivate(set) var offset = 0

    /// Describes a part whose elements have bounds of their own.
    ///
    /// - Precondition: `space` has as many components as the shape has elements.
    public init(_ name: String, shape: [Int], element: Element = .float32, space: BoxSpace) {
      require(
        space.count == shape.reduce(1, *),
        "The part '\(name)' of shape \(shape) has bounds for \(space.count) elements.")
      self.name = name
      self.shape = shape
      self.element = element
      self.space = space
    }

    /// Describes a part whose elements all have the same bounds.
    public init(
      _ name: String, shape: [Int], element: Element = .float32, lowest: Float = -.infinity,
      highest: Float = .infinity
    ) {
      let count = shape.reduce(1, *)
      self.init(
        name, shape: shape, element: element,
        space: BoxSpace(
          lowest: Array(repeating: lowest, count: count),
          highest: Array(repeating: highest, count: count)))
    }

    /// The number of elements.
    public var count: Int { space.count }

    /// The place of its elements in the flat row.
    public var range: Range<Int> { offset..<offset + count }
  }

  /// The parts, in the order in which they lie in the row.
  public let parts: [Part]

  /// Lays out parts one after another.
  ///
  /// - Precondition: There is a part, and no two have the same name.
  public init(_ parts: [Part]) {
    require(!parts.isEmpty, "An observation needs at least 1 part.")
    require(
      Set(parts.map(\.name)).count == parts.count,
      "Two parts of an observation have the same name: \(parts.map(\.name)).")
    var offset = 0
    self.parts = parts.map { part in
      var part = part
      part.offset = offset
      offset += part.count
      return part
    }
  }

  /// Lays out one unnamed vector.
  public init(_ space: BoxSpace) { self.init([Part("", shape: [space.count], space: space)]) }

  /// The number of elements of all parts, D.
  public var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// The bounds of the flat row.
  public var space: BoxSpace {
    BoxSpace(
      lowest: parts.flatMap(\.space.lowest), highest: parts.flatMap(\.space.highest))
  }

  /// Whether it is one unnamed vector.
  public var isVector: Bool {
    parts.count == 1 && parts[0].name.isEmpty && parts[0].shape.count == 1
  }

  /// The part of a name, or `nil` if there is none.
  public subscript(name: String) -> Part? { parts.first { $0.name == name } }
}
