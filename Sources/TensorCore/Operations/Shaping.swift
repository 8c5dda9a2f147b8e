import CKernels
import Requirements

/// The transpose of a matrix.
///
/// - Precondition: Two axes.
public func transpose(_ x: Variable) -> Variable {
  require(x.shape.rank == 2, "Only a matrix can be transposed; got the shape \(x.shape).")
  let tape = x.tape
  let y = tape.output(Shape(x.shape[1], x.shape[0]))
  ck_transpose(y.destination, x.memory, x.shape[0], x.shape[1], false)
  // dx = dyᵀ
  tape.record(y, x) { tape, y in
    guard let dy = y.gradient, let (dx, add) = tape.collect(Int(y.inputs[0])) else { return }
    ck_transpose(dx, dy, y.shape[0], y.shape[1], add)
  }
  return y
}

/// The same numbers in another shape.
///
/// - Precondition: Both shapes hold equally many numbers.
public func reshape(_ x: Variable, _ shape: Shape) -> Variable {
  require(
    x.shape.count == shape.count, "The shape \(x.shape) cannot be read as \(shape).")
  let tape = x.tape
  let y = tape.output(shape)
  ck_copy_rows(y.destination, 0, x.memory, 0, 1, shape.count, false)
  // dx is dy in the shape of x
  tape.record(y, x) { tape, y in
    guard let dy = y.gradient, let (dx, add) = tape.collect(Int(y.inputs[0])) else { return }
    ck_copy_rows(dx, 0, dy, 0, 1, y.shape.count, add)
  }
  return y
}

/// A scalar as each of `rows` numbers, `[rows]`.
///
/// - Precondition: x holds a single number.
public func repeated(_ x: Variable, rows: Int) -> Variable {
  require(x.shape.count == 1, "Only one number can be repeated; got the shape \(x.shape).")
  let zeros = x.tape.output(Shape(rows))
  zeros.destination.update(repeating: 0, count: rows)
  return zeros + reshape(x, .scalar)
}
