import Requirements

/// Memory for a fixed number of floats, aligned to cache lines.
///
/// A reference type: parameters, gradients and the moments of optimisers are shared between the
/// trainer and its threads, which write disjoint parts of them.
public final class Buffer: @unchecked Sendable {
  // The owner makes sure that no thread writes what another reads at the same time.

  /// The number of floats.
  public let count: Int
  /// The first float, for the kernels.
  package let pointer: UnsafeMutablePointer<Float>

  /// Allocates `count` zeros.
  public init(count: Int) {
    require(count >= 0, "A buffer cannot hold \(count) floats.")
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: count)
  }

  /// Allocates a copy of some numbers.
  public convenience init(_ numbers: some Collection<Float>) {
    self.init(count: numbers.count)
    for (index, number) in numbers.enumerated() { pointer[index] = number }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  /// The numbers.
  public var array: [Float] { Array(elements) }

  /// The numbers, to read in place as long as the buffer lives.
  package var elements: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: pointer, count: count)
  }

  /// Lets a function read the numbers in place.
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(elements.span)
  }

  /// Lets a function change the numbers in place.
  public func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    var numbers = UnsafeMutableBufferPointer(start: pointer, count: count).mutableSpan
    return try body(&numbers)
  }

  /// Overwrites all numbers by those of another buffer.
  ///
  /// - Precondition: Both hold equally many.
  public func assign(from other: Buffer) {
    require(
      other.count == count, "Cannot assign \(other.count) floats to a buffer of \(count).")
    pointer.update(from: other.pointer, count: count)
  }

  /// Overwrites all numbers.
  ///
  /// - Precondition: `numbers` are as many as the buffer holds.
  public func assign(_ numbers: [Float]) {
    require(
      numbers.count == count, "Cannot assign \(numbers.count) floats to a buffer of \(count).")
    for (index, number) in numbers.enumerated() { pointer[index] = number }
  }

  /// Reads or writes one number.
  ///
  /// - Precondition: The buffer holds so many.
  public subscript(index: Int) -> Float {
    get {
      if index < 0 || index >= count { refuse(index) }
      return pointer[index]
    }
    set {
      if index < 0 || index >= count { refuse(index) }
      pointer[index] = newValue
    }
  }

  // Apart, so that loops over a buffer hold no sentence.
  @inline(never)
  private func refuse(_ index: Int) -> Never {
    stop("Index \(index) is outside a buffer of \(count).")
  }
}

/// Numbers with a shape: what goes into a computation and what comes out.
///
/// A tensor is only a container. Operations are defined on ``Variable``, which is a tensor's place
/// on a ``Tape``.
public struct Tensor: Sendable, Hashable {
  /// The sizes along the axes.
  public let shape: Shape
  /// The numbers, row by row.
  public var numbers: [Float]

  /// Gives numbers a shape.
  ///
  /// - Precondition: There are as many numbers as the shape asks for.
  public init(shape: Shape, _ numbers: [Float]) {
    require(
      numbers.count == shape.count,
      "The shape \(shape) asks for \(shape.count) numbers; got \(numbers.count).")
    self.shape = shape
    self.numbers = numbers
  }

  /// A scalar.
  public init(_ number: Float) {
    self.init(shape: .scalar, [number])
  }

  /// Equal numbers.
  public init(shape: Shape, repeating number: Float) {
    self.init(shape: shape, Array(repeating: number, count: shape.count))
  }
}
