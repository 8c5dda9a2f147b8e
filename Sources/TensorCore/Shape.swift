import Requirements

/// The sizes of a tensor along its axes: none for a scalar, at most four.
///
/// Shapes are written `[rows, columns]`; the last axis is contiguous in memory.
public struct Shape: Sendable, Hashable, BitwiseCopyable, ExpressibleByArrayLiteral,
  CustomStringConvertible
{
  // Right-aligned and padded with ones, which is how shapes of different rank are compared when
  // one is broadcast to the other.
  let sizes: SIMD4<Int>

  /// The number of axes.
  public let rank: Int

  init(sizes: SIMD4<Int>, rank: Int) {
    self.sizes = sizes
    self.rank = rank
  }

  /// A shape of one axis.
  public init(_ count: Int) {
    self.init(sizes: SIMD4(1, 1, 1, count), rank: 1)
  }

  /// A shape of two axes.
  public init(_ rows: Int, _ columns: Int) {
    self.init(sizes: SIMD4(1, 1, rows, columns), rank: 2)
  }

  /// The shape of a scalar.
  public static let scalar = Shape(sizes: SIMD4(1, 1, 1, 1), rank: 0)

  /// A shape from a list of sizes.
  ///
  /// - Precondition: At most four sizes, none negative.
  public init(_ list: some Collection<Int>) {
    require(list.count <= 4, "A tensor has at most 4 axes; got the shape \(Array(list)).")
    require(list.allSatisfy { $0 >= 0 }, "A size is negative in the shape \(Array(list)).")
    var sizes = SIMD4<Int>(1, 1, 1, 1)
    for (axis, size) in list.enumerated() { sizes[4 - list.count + axis] = size }
    self.init(sizes: sizes, rank: list.count)
  }

  /// A shape from a list of sizes.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The size along an axis; negative axes count from the last, which is −1.
  ///
  /// - Precondition: The axis exists.
  public subscript(axis: Int) -> Int { sizes[4 - rank + position(of: axis)] }

  /// The number of numbers.
  public var count: Int { sizes[0] * sizes[1] * sizes[2] * sizes[3] }

  /// The sizes as an array.
  public var list: [Int] { (0..<rank).map { self[$0] } }

  /// The sizes as a list.
  public var description: String { list.description }

  /// An axis counted from the first, whatever it was counted from.
  func position(of axis: Int) -> Int {
    let position = axis < 0 ? axis + rank : axis
    if position < 0 || position >= rank { refuse(axis) }
    return position
  }

  // Apart, so that what asks for a size holds no sentence and stays short enough to be inlined.
  @inline(never)
  private func refuse(_ axis: Int) -> Never {
    stop("Axis \(axis) does not exist in the shape \(self).")
  }

  /// How many numbers lie before, along and behind an axis: `[outer, size, inner]`.
  func around(_ axis: Int) -> (outer: Int, size: Int, inner: Int) {
    let position = 4 - rank + position(of: axis)
    var (outer, inner) = (1, 1)
    for before in 0..<position { outer *= sizes[before] }
    for behind in position + 1..<4 where position < 3 { inner *= sizes[behind] }
    return (outer, sizes[position], inner)
  }

  /// The shape without an axis.
  func removing(_ axis: Int) -> Shape {
    var left = sizes
    var place = 4 - rank + position(of: axis)
    while place > 0 {
      left[place] = left[place - 1]
      place -= 1
    }
    left[0] = 1
    return Shape(sizes: left, rank: rank - 1)
  }

  /// The shape with another size along an axis.
  func replacing(_ axis: Int, with size: Int) -> Shape {
    var sizes = sizes
    sizes[4 - rank + position(of: axis)] = size
    return Shape(sizes: sizes, rank: rank)
  }
}
