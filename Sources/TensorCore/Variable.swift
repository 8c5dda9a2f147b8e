/// A value on a ``Tape``.
///
/// A variable is valid until its tape is reset; it keeps the tape alive.
public struct Variable {
  /// The tape that it is on.
  public let tape: Tape
  let position: Int

  /// The sizes along the axes.
  public var shape: Shape { tape.node(self).shape }

  /// The numbers.
  public var tensor: Tensor {
    Tensor(shape: shape, Array(UnsafeBufferPointer(start: memory, count: shape.count)))
  }

  /// The numbers, row by row, valid until the tape is reset.
  public var memory: UnsafePointer<Float> { UnsafePointer(tape.node(self).value) }

  /// The memory that the operation which makes this variable writes.
  var destination: UnsafeMutablePointer<Float> { tape.node(self).value }
}
