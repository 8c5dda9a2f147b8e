import CKernels

/// The sum of all numbers, a scalar.
public func sum(_ x: Variable) -> Variable { reduce(x, rows: 1, count: x.shape.count, to: .scalar) }

/// The mean of all numbers, a scalar.
public func mean(_ x: Variable) -> Variable { sum(x) / Float(x.shape.count) }

/// The sums along an axis, which disappears.
public func sum(_ x: Variable, axis: Int) -> Variable {
  let (outer, size, inner) = x.shape.around(axis)
  let shape = x.shape.removing(axis)
  if inner == 1 { return reduce(x, rows: outer, count: size, to: shape) }
  let tape = x.tape
  let y = tape.output(shape)
  for block in 0..<outer {
    ck_run_sum_columns(
      y.destination + block * inner, x.memory + block * size * inner, size, inner, false)
  }
  let attributes = Tape.Attributes.axis(count: size, stride: inner)
  // dx repeats dy along the axis
  tape.record(y, x, attributes: attributes) { tape, y in
    guard let dy = y.gradient, case .axis(let size, let inner) = y.attributes,
      let dx = tape.collectAdding(Int(y.inputs[0]))
    else { return }
    for row in 0..<y.shape.count / max(inner, 1) * size {
      ck_copy_rows(dx + row * inner, inner, dy + row / size * inner, inner, 1, inner, true)
    }
  }
  return y
}

/// The means along an axis, which disappears.
public func mean(_ x: Variable, axis: Int) -> Variable {
  sum(x, axis: axis) / Float(x.shape[axis])
}

/// The sum of each of `rows` runs of `count` numbers.
private func reduce(
  _ x: Variable, rows: Int, count: Int, to shape: Shape, of operation: StaticString = #function
) -> Variable {
  let tape = x.tape
  let y = tape.output(shape, of: operation)
  ck_run_sum_rows(y.destination, x.memory, rows, count)
  // dx repeats dy along each run
  tape.record(y, x, attributes: .run(count: count)) { tape, y in
    guard let dy = y.gradient, case .run(let count) = y.attributes,
      let (dx, add) = tape.collect(Int(y.inputs[0]))
    else { return }
    for row in 0..<y.shape.count {
      let run = dx + row * count
      for index in 0..<count { run[index] = dy[row] + (add ? run[index] : 0) }
    }
  }
  return y
}
