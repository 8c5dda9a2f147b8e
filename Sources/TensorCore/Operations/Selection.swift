import CKernels
import Requirements

/// One number of each row: `x[i, indices[i]]`.
///
/// - Parameters:
///   - x: `[rows, columns]`.
///   - indices: Whole numbers from 0 to columns − 1 as floats, one for each row, constant.
/// - Returns: `[rows]`.
/// - Precondition: There are as many indices as rows, and none lies outside the columns.
public func pick(_ x: Variable, _ indices: Variable) -> Variable {
  let (rows, columns) = (x.shape[0], x.shape[1])
  require(
    indices.shape.count == rows,
    "Picking from \(rows) rows needs as many indices; got \(indices.shape.count).")
  require(
    UnsafeBufferPointer(start: indices.memory, count: rows).allSatisfy {
      $0 >= 0 && $0 < Float(columns)
    }, "An index lies outside the \(columns) columns.")
  let tape = x.tape
  let y = tape.output(Shape(rows))
  ck_pick(y.destination, x.memory, indices.memory, 1, rows, columns)
  // dx[i, indices[i]] = dy[i]
  tape.record(y, x, attributes: .numbers(indices.memory)) { tape, y in
    guard let dy = y.gradient, case .numbers(let indices) = y.attributes,
      let dx = tape.collectAdding(Int(y.inputs[0]))
    else { return }
    let x = tape.input(0, of: y)
    ck_unpick(dx, dy, indices, 1, x.shape[0], x.shape[1])
  }
  return y
}

/// Part of a tensor along an axis.
///
/// - Precondition: The range lies inside the axis.
public func slice(_ x: Variable, _ range: Range<Int>, axis: Int) -> Variable {
  let (outer, size, inner) = x.shape.around(axis)
  require(
    range.lowerBound >= 0 && range.upperBound <= size,
    "The range \(range) lies outside axis \(axis) of the shape \(x.shape).")
  let tape = x.tape
  let y = tape.output(x.shape.replacing(axis, with: range.count))
  let width = range.count * inner
  let start = range.lowerBound * inner
  ck_copy_rows(y.destination, width, x.memory + start, size * inner, outer, width, false)
  let attributes = Tape.Attributes.part(start: start, stride: size * inner)
  // dx is dy where y came from, and 0 elsewhere
  tape.record(y, x, attributes: attributes) { tape, y in
    guard let dy = y.gradient, case .part(let start, let stride) = y.attributes,
      let dx = tape.collectAdding(Int(y.inputs[0]))
    else { return }
    let outer = tape.input(0, of: y).shape.count / max(stride, 1)
    let width = y.shape.count / max(outer, 1)
    ck_copy_rows(dx + start, stride, dy, width, outer, width, true)
  }
  return y
}

/// Two tensors behind one another along an axis.
///
/// - Precondition: All other sizes agree.
public func concatenate(_ x: Variable, _ y: Variable, axis: Int) -> Variable {
  require(
    x.shape.rank == y.shape.rank
      && x.shape.replacing(axis, with: 0) == y.shape.replacing(axis, with: 0),
    "Cannot put the shapes \(x.shape) and \(y.shape) behind one another along axis \(axis).")
  let tape = x.tape
  let (outer, size, inner) = x.shape.around(axis)
  let (left, right) = (size * inner, y.shape[axis] * inner)
  let z = tape.output(x.shape.replacing(axis, with: size + y.shape[axis]))
  ck_copy_rows(z.destination, left + right, x.memory, left, outer, left, false)
  ck_copy_rows(z.destination + left, left + right, y.memory, right, outer, right, false)
  let attributes = Tape.Attributes.parts(first: left, second: right)
  // dx and dy are the parts of dz
  tape.record(z, x, y, attributes: attributes) { tape, z in
    guard let dz = z.gradient, case .parts(let left, let right) = z.attributes else { return }
    let outer = z.shape.count / max(left + right, 1)
    if let (dx, add) = tape.collect(Int(z.inputs[0])) {
      ck_copy_rows(dx, left, dz, left + right, outer, left, add)
    }
    if let (dy, add) = tape.collect(Int(z.inputs[1])) {
      ck_copy_rows(dy, right, dz + left, left + right, outer, right, add)
    }
  }
  return z
}

/// Parts behind one another along an axis.
///
/// They are joined in pairs, the pairs in pairs and so on, so a number is copied log₂ n times.
///
/// - Parameters:
///   - range: The numbers of the parts, at least one.
///   - axis: The axis.
///   - part: Gives a part; called for each number in its turn.
/// - Returns: The parts behind one another.
/// - Precondition: All other sizes of the parts agree.
public func concatenate(
  _ range: Range<Int>, axis: Int, _ part: (_ number: Int) -> Variable
) -> Variable {
  require(!range.isEmpty, "There are no parts to put behind one another.")
  if range.count == 1 { return part(range.lowerBound) }
  let middle = (range.lowerBound + range.upperBound) / 2
  let first = concatenate(range.lowerBound..<middle, axis: axis, part)
  let second = concatenate(middle..<range.upperBound, axis: axis, part)
  return concatenate(first, second, axis: axis)
}
