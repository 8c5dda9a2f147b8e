/// A value on a ``Tape``.
///
/// A variable is valid until its tape is reset; debug builds stop where one is used later. It keeps
/// the tape alive.
public struct Variable {
  /// The tape that it is on.
  public let tape: Tape
  // Narrow, so that both fit into one word.
  private let place: Int32
  private let generation: UInt32

  init(tape: Tape, position: Int) {
    self.tape = tape
    place = Int32(truncatingIfNeeded: position)
    generation = tape.generation
  }

  /// Which of the tape's nodes it is.
  var position: Int {
    assert(
      generation == tape.generation,
      "A variable was used after its tape had been reset; keep its tensor instead.")
    return Int(place)
  }

  /// The sizes along the axes.
  public var shape: Shape { tape.node(self).shape }

  /// The numbers.
  public var tensor: Tensor {
    Tensor(shape: shape, Array(UnsafeBufferPointer(start: memory, count: shape.count)))
  }

  /// The numbers, row by row, valid until the tape is reset.
  package var memory: UnsafePointer<Float> { UnsafePointer(tape.node(self).value) }

  /// The memory that the operation which makes this variable writes.
  var destination: UnsafeMutablePointer<Float> { tape.node(self).value }
}
