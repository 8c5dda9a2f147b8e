import CKernels
import Requirements

/// log(exp x / Σ exp x) along the last axis: the logarithms of the probabilities of choices.
public func logSoftmax(_ x: Variable) -> Variable { logSoftmaxWithNormalizer(x).logProbabilities }

/// exp x / Σ exp x along the last axis.
public func softmax(_ x: Variable) -> Variable { exp(logSoftmax(x)) }

/// log Σ exp x along the last axis, which disappears.
public func logSumExp(_ x: Variable) -> Variable {
  let (logProbabilities, normalizer) = logSoftmaxWithNormalizer(x)
  let tape = x.tape
  let y = tape.output(x.shape.removing(-1))
  y.destination.update(from: normalizer, count: y.shape.count)
  // dx = dy softmax x
  tape.record(y, x, attributes: .numbers(logProbabilities.memory)) { tape, y in
    guard let dy = y.gradient, case .numbers(let logProbabilities) = y.attributes,
      let dx = tape.collectAdding(Int(y.inputs[0]))
    else { return }
    let columns = tape.input(0, of: y).shape[-1]
    let slope = tape.scratch(columns)
    for row in 0..<y.shape.count {
      ck_run_unary(ck_exp, slope, logProbabilities + row * columns, columns, 0, 0)
      ck_run_add_scaled(dx + row * columns, slope, dy[row], columns)
    }
  }
  return y
}

private func logSoftmaxWithNormalizer(
  _ x: Variable
) -> (logProbabilities: Variable, normalizer: UnsafeMutablePointer<Float>) {
  let tape = x.tape
  let columns = x.shape[-1]
  require(columns > 0, "A softmax needs at least one choice; got the shape \(x.shape).")
  let rows = x.shape.count / columns
  let y = tape.output(x.shape)
  let normalizer = tape.scratch(rows)
  ck_run_log_softmax(y.destination, normalizer, x.memory, rows, columns)
  // dx = dy − exp(y) Σ dy
  tape.record(y, x) { tape, y in
    guard let dy = y.gradient, let (dx, add) = tape.collect(Int(y.inputs[0])) else { return }
    let columns = y.shape[-1]
    ck_run_log_softmax_pullback(dx, dy, y.value, y.shape.count / columns, columns, add)
  }
  return (y, normalizer)
}
