import TensorCore
import TestSupport
import Testing

@Suite("Shapes")
struct ShapeTests {
  @Test("A shape knows its rank, its sizes and its count")
  func shapesAreDescribed() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.rank == 3 && shape.count == 24 && shape.list == [2, 3, 4])
    #expect(shape[0] == 2 && shape[-1] == 4 && shape[-3] == 2)
    #expect("\(shape)" == "[2, 3, 4]")
    #expect(Shape.scalar.rank == 0 && Shape.scalar.count == 1 && Shape.scalar.list == [])
    #expect(Shape(5) == [5] && Shape(2, 3) == [2, 3] && Shape([2, 3]) == [2, 3])
    #expect(Shape(5) != [1, 5], "The rank is part of a shape.")
    #expect(Shape([4, 0]).count == 0)
  }

  @Test("Broadcasting repeats the axis that has the size 1 or is not there")
  func broadcasting() {
    let tape = Tape()
    func shape(_ x: Shape, _ y: Shape) -> Shape {
      let left = tape.constant(Tensor(shape: x, repeating: 1))
      let right = tape.constant(Tensor(shape: y, repeating: 2))
      let sum = left + right
      #expect(sum.tensor.numbers == Array(repeating: 3, count: sum.shape.count))
      return sum.shape
    }
    #expect(shape([], []) == [])
    #expect(shape([], [3]) == [3])
    #expect(shape([1], []) == [1])
    #expect(shape([4, 1], [1, 5]) == [4, 5])
    #expect(shape([5], [4, 5]) == [4, 5])
    #expect(shape([2, 1, 4], [3, 1]) == [2, 3, 4])
    #expect(shape([2, 1, 1, 2], [1, 3, 1]) == [2, 1, 3, 2])
    #expect(shape([0], [1]) == [0])
    #expect(shape([3, 1], [1, 0]) == [3, 0])
  }

  @Test("A broadcast walks its operands as the indices say")
  func broadcastValues() {
    let tape = Tape()
    let x = tape.constant(Tensor(shape: [2, 1, 3], (0..<6).map(Float.init)))
    let y = tape.constant(Tensor(shape: [4, 1], (0..<4).map { Float($0 * 10) }))
    let expected = (0..<24).map { (at: Int) -> Float in
      let (left, right) = (at / 12 * 3 + at % 3, at / 3 % 4 * 10)
      return Float(left - right)
    }
    #expect((x - y).tensor == Tensor(shape: [2, 4, 3], expected))
    #expect((y - x).tensor.numbers == expected.map { -$0 })
  }

  /// Nothing is computed, nothing crashes, and the shapes are right.
  @Test("Empty tensors go through every operation", arguments: [[0], [0, 5], [3, 0], [2, 0, 3]])
  func emptyTensors(_ list: [Int]) {
    let shape = Shape(list)
    let tape = Tape()
    let x = tape.variable(Tensor(shape: shape, []))
    let functions: [Variable] = [tanh(x), relu(x), clamp(x, 0...1), -x]
    let combinations: [Variable] = [x + x, x * 2, minimum(x, x), concatenate(x, x, axis: 0)]
    let parts: [Variable] = [reshape(x, [0]), slice(x, 0..<0, axis: 0)]
    let outputs = functions + combinations + parts
    for output in outputs { #expect(output.shape.count == 0) }
    #expect(concatenate(x, x, axis: 0).shape[0] == 2 * list[0])
    let total = sum(x)
    #expect(total.tensor == Tensor(0))
    let along = (0..<shape.rank).map { sum(x, axis: $0) }
    for (axis, sums) in along.enumerated() {
      let remaining = list[..<axis] + list[(axis + 1)...]
      #expect(sums.tensor == Tensor(shape: Shape(remaining), repeating: 0))
    }
    tape.pullback((outputs + along + [total]).map { ($0, 1) })
    #expect(tape.gradient(of: x) == Tensor(shape: shape, []))
  }

  @Test("Products without rows or without anything to sum are empty or zero")
  func emptyProducts() {
    let tape = Tape()
    func matrix(_ rows: Int, _ columns: Int) -> Variable {
      tape.variable(Tensor(shape: [rows, columns], repeating: 1))
    }
    for (m, k, n) in [(0, 3, 2), (2, 0, 3), (2, 3, 0), (20, 0, 5)] {
      let (x, y) = (matrix(m, k), matrix(k, n))
      let z = matmul(x, y)
      #expect(z.tensor == Tensor(shape: [m, n], repeating: Float(k)))
      tape.pullback([(z, 1)])
      #expect(tape.gradient(of: x).numbers == Array(repeating: Float(n), count: m * k))
      #expect(tape.gradient(of: y).numbers == Array(repeating: Float(m), count: k * n))
    }
    let (weight, bias) = (matrix(4, 3), tape.variable(Tensor(shape: [4], repeating: 2)))
    let y = linear(matrix(0, 3), weight, bias, activation: .tanh)
    #expect(y.shape == [0, 4])
    tape.pullback([(y, 1)])
    #expect(tape.gradient(of: weight).numbers == Array(repeating: 0, count: 12))
    #expect(tape.gradient(of: bias).numbers == [0, 0, 0, 0])
  }

  @Test("A softmax of no rows has no rows")
  func emptySoftmax() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [0, 5], []))
    #expect(logSoftmax(x).shape == [0, 5])
    let y = logSumExp(x)
    #expect(y.shape == [0])
    tape.pullback([(y, 1)])
    #expect(tape.gradient(of: x).shape == [0, 5])
  }

  @Test("A column that counts as every row is repeated")
  func repetition() {
    let tape = Tape()
    #expect(repeated(tape.constant(Tensor(3)), rows: 4).tensor == Tensor(shape: [4], repeating: 3))
    #expect(repeated(tape.constant(Tensor(3)), rows: 0).tensor == Tensor(shape: [0], []))
  }
}
