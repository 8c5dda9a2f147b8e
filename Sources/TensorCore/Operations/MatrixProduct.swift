import CKernels
import Requirements

/// The matrix product of x `[m, k]` and y `[k, n]`.
///
/// - Precondition: Both have two axes, and the inner sizes agree.
public func matmul(_ x: Variable, _ y: Variable) -> Variable {
  require(
    x.shape.rank == 2 && y.shape.rank == 2 && x.shape[1] == y.shape[0],
    "Cannot multiply matrices of shapes \(x.shape) and \(y.shape).")
  let tape = x.tape
  let (m, k, n) = (x.shape[0], x.shape[1], y.shape[1])
  let z = tape.output(Shape(m, n))
  ck_run_matmul(z.destination, n, x.memory, k, false, y.memory, n, false, m, n, k, false)
  // dx = dz yᵀ, dy = xᵀ dz
  tape.record(z, x, y) { tape, z in
    guard let dz = z.gradient else { return }
    let (x, y) = (tape.input(0, of: z), tape.input(1, of: z))
    let (m, k, n) = (x.shape[0], x.shape[1], y.shape[1])
    if let (dx, add) = tape.collect(Int(z.inputs[0])) {
      ck_run_matmul(dx, k, dz, n, false, y.value, n, true, m, k, n, add)
    }
    if let (dy, add) = tape.collect(Int(z.inputs[1])) {
      ck_run_matmul(dy, n, x.value, k, true, dz, n, false, k, n, m, add)
    }
  }
  return z
}

/// A layer of a network: f(x weightᵀ + bias) for rows x `[rows, in]`.
///
/// - Parameters:
///   - x: The inputs, `[rows, in]`.
///   - weight: `[out, in]`.
///   - bias: `[out]`.
///   - activation: f, applied while the sums are in the cache.
/// - Returns: `[rows, out]`.
public func linear(
  _ x: Variable, _ weight: Variable, _ bias: Variable, activation: Activation = .identity
) -> Variable {
  guard activation.hasSlopeFromValue else {
    return x.tape.unary(activation.kernel, linear(x, weight, bias))
  }
  let (rows, inputs, outputs) = (x.shape[0], weight.shape[1], weight.shape[0])
  require(
    x.shape.rank == 2 && x.shape[1] == inputs && bias.shape.count == outputs,
    "A layer of weight \(weight.shape) and bias \(bias.shape) got an input of shape \(x.shape).")
  let tape = x.tape
  let y = tape.output(Shape(rows, outputs))
  if let packed = tape.packedWeight(weight) {
    ck_run_linear_packed(
      y.destination, x.memory, packed, bias.memory, rows, inputs, outputs, activation.kernel)
  } else {
    ck_run_linear(
      y.destination, x.memory, weight.memory, bias.memory, rows, inputs, outputs,
      activation.kernel)
  }
  let attributes = Tape.Attributes.unary(activation.kernel, lower: 0, upper: 0)
  // dz = dy f'(z); dx = dz weight, d weight = dzᵀ x, d bias = Σ dz
  tape.record(y, x, weight, bias, attributes: attributes) { tape, y in
    guard let dz = y.gradient, case .unary(let function, _, _) = y.attributes else { return }
    let (x, weight) = (tape.input(0, of: y), tape.input(1, of: y))
    let (rows, inputs, outputs) = (x.shape[0], weight.shape[1], weight.shape[0])
    if function != ck_identity {
      // In place: dy is not needed afterwards.
      ck_run_unary_pullback(function, dz, dz, y.value, y.value, y.shape.count, 0, 0, false)
    }
    if let (dw, add) = tape.collect(Int(y.inputs[1])) {
      ck_run_matmul(
        dw, inputs, dz, outputs, true, x.value, inputs, false, outputs, inputs, rows, add)
    }
    if let (db, add) = tape.collect(Int(y.inputs[2])) {
      ck_run_sum_columns(db, dz, rows, outputs, add)
    }
    if let (dx, add) = tape.collect(Int(y.inputs[0])) {
      ck_run_matmul(
        dx, inputs, dz, outputs, false, weight.value, inputs, false, rows, inputs, outputs, add)
    }
  }
  return y
}
