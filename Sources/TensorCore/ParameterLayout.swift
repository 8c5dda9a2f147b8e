import Requirements

/// A named part of a parameter vector.
public struct ParameterSlice: Sendable, Hashable {
  /// The name, for example `policy.0.weight`.
  public let name: String
  /// The shape; weights are `[out, in]`.
  public let shape: Shape
  /// The position of the first number in the vector.
  public let offset: Int

  /// The positions of all its numbers.
  public var range: Range<Int> { offset..<offset + shape.count }
}

/// Where each parameter of a network lies in the one flat vector that holds them all.
///
/// With all parameters in one vector, an optimiser, a norm, a checkpoint or a copy for another
/// thread is one loop over one piece of memory.
public struct ParameterLayout: Sendable, Hashable {
  /// The parts, in the order of the vector.
  public private(set) var slices: [ParameterSlice] = []

  /// Makes an empty layout.
  public init() {}

  /// The length of the vector, P.
  public var count: Int { slices.last.map(\.range.upperBound) ?? 0 }

  /// Adds a part at the end.
  ///
  /// - Precondition: No part has that name yet.
  public mutating func add(_ name: String, _ shape: Shape) -> ParameterSlice {
    require(
      !slices.contains { $0.name == name }, "There are two parameters of the name \(name).")
    let slice = ParameterSlice(name: name, shape: shape, offset: count)
    slices.append(slice)
    return slice
  }

  /// The part of a name.
  public subscript(name: String) -> ParameterSlice? { slices.first { $0.name == name } }
}
