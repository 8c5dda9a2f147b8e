import TestSupport
import Testing

@testable import TensorCore

@Suite("The tape")
struct TapeTests {
  /// Two outputs of shared inputs.
  private func outputs(of x: Variable, _ weight: Variable) -> (Variable, Variable) {
    let hidden = tanh(matmul(x, weight))
    return (sum(square(hidden), axis: -1), logSumExp(hidden))
  }

  private func numbers(_ seed: UInt64, _ shape: Shape) -> Tensor {
    var generator = SplitMix(seed: seed)
    return Tensor(shape: shape, generator.floats(shape.count))
  }

  /// The gradients of both inputs under weights of the two outputs, each from a tape of its own.
  private func gradients(_ weights: (Float, Float)) -> (Tensor, Tensor) {
    let tape = Tape()
    let (x, weight) = (tape.variable(numbers(1, [3, 4])), tape.variable(numbers(2, [4, 5])))
    let (first, second) = outputs(of: x, weight)
    tape.pullback([(first, weights.0), (second, weights.1)])
    return (tape.gradient(of: x), tape.gradient(of: weight))
  }

  @Test("Several pullbacks from one forward pass agree with separate tapes, to the bit")
  func pullbacksAreIndependent() {
    let tape = Tape()
    let (x, weight) = (tape.variable(numbers(1, [3, 4])), tape.variable(numbers(2, [4, 5])))
    let (first, second) = outputs(of: x, weight)
    let all: [(Float, Float)] = [(1, 0), (0, 1), (0.5, -2), (1, 0), (0, 0)]
    for weights in all {
      tape.pullback([(first, weights.0), (second, weights.1)])
      let (dx, dw) = gradients(weights)
      #expect(tape.gradient(of: x) == dx)
      #expect(tape.gradient(of: weight) == dw)
    }
    tape.pullback([(first, 1)])
    #expect(tape.gradient(of: x) == gradients((1, 0)).0)
  }

  @Test("The pullback of a weighted sum is the weighted sum of the pullbacks")
  func pullbackIsLinear() {
    let (first, second) = (gradients((1, 0)), gradients((0, 1)))
    let both = gradients((0.75, -1.5))
    for (a, b, sum) in [(first.0, second.0, both.0), (first.1, second.1, both.1)] {
      let expected = zip(a.numbers, b.numbers).map { 0.75 * Double($0) - 1.5 * Double($1) }
      let mismatch = Tolerance(relative: 1e-6, absolute: 1e-6).mismatch(sum.numbers, expected)
      #expect(mismatch == nil, "\(mismatch ?? "")")
    }
  }

  @Test("A cotangent weights each number of an output")
  func cotangents() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [3], [1, 2, 3]))
    let y = square(x)
    tape.pullback(y, cotangent: Tensor(shape: [3], [1, 0, -1]))
    #expect(tape.gradient(of: x).numbers == [2, 0, -6])
    #expect(tape.gradient(of: y).numbers == [1, 0, -1])
  }

  @Test("An output that is given twice counts twice, and a leaf may be an output")
  func repeatedOutputs() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [2], [3, 4]))
    let y = square(x)
    tape.pullback([(y, 1), (y, 0.5), (x, 10)])
    #expect(tape.gradient(of: x).numbers == [19, 22])
  }

  @Test("Nothing flows to constants, nor to what the outputs do not need")
  func constantsGetNothing() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [2], [3, 4]))
    let other = tape.variable(Tensor(shape: [2], [5, 6]))
    let constant = tape.constant(Tensor(shape: [2], [7, 8]))
    let ofConstants = exp(constant)
    tape.pullback([(x * constant, 1), (ofConstants, 1)])
    #expect(tape.gradient(of: x).numbers == [7, 8])
    #expect(tape.gradient(of: constant).numbers == [0, 0])
    #expect(tape.gradient(of: other).numbers == [0, 0])
    // Operations on constants alone are not noted at all.
    #expect(tape.pullback(at: ofConstants.position) == nil)
    #expect(tape.node(ofConstants).gradient == nil)
  }

  @Test("A tape that does not record computes the same values")
  func forwardOnly() {
    let (recording, silent) = (Tape(), Tape(isRecording: false))
    let values = [recording, silent].map { tape in
      let (first, second) = outputs(
        of: tape.variable(numbers(1, [3, 4])), tape.variable(numbers(2, [4, 5])))
      return first.tensor.numbers + second.tensor.numbers
    }
    #expect(values[0] == values[1])
    let notes = (0..<silent.count).filter { silent.pullback(at: $0) != nil }
    #expect(notes.isEmpty)
  }

  @Test("Parameters' gradients are added to the gradient vector, each in its place")
  func parameterGradients() {
    var layout = ParameterLayout()
    let (first, second) = (layout.add("first", [2]), layout.add("second", [3]))
    let tape = Tape()
    tape.reset(parameters: Buffer([1, 2, 3, 4, 5]))
    let y = sum(square(tape.parameter(second))) + sum(tape.parameter(first))
    let gradient = Buffer([10, 10, 10, 10, 10])
    tape.pullback([(y, 1)], addingTo: gradient)
    #expect(gradient.array == [11, 11, 16, 18, 20])
    // Without a vector nobody asks for them.
    tape.pullback([(y, 1)])
    #expect(gradient.array == [11, 11, 16, 18, 20])
  }

  @Test("The same parameter may be read several times")
  func sharedParameters() {
    var layout = ParameterLayout()
    let slice = layout.add("shared", [2])
    let tape = Tape()
    tape.reset(parameters: Buffer([3, 5]))
    let product = tape.parameter(slice) * tape.parameter(slice)
    let gradient = Buffer(count: 2)
    tape.pullback([(product, 1)], addingTo: gradient)
    #expect(gradient.array == [6, 10])
  }

  @Test("After a reset the same memory serves the next computation")
  func resetReusesMemory() {
    let tape = Tape()
    func addresses() -> [UnsafePointer<Float>] {
      tape.reset()
      let x = tape.variable(numbers(1, [100, 40]))
      let (first, second) = outputs(of: x, tape.variable(numbers(2, [40, 700])))
      tape.pullback([(first, 1), (second, 1)])
      return [x.memory, first.memory, second.memory]
    }
    let rounds = (0..<4).map { _ in addresses() }
    #expect(rounds.allSatisfy { $0 == rounds[0] })
    tape.reset()
    #expect(tape.count == 0)
  }

  @Test("Pieces of an arena neither overlap nor move, and lie on cache lines")
  func arenaPiecesAreApart() {
    let arena = Arena()
    let sizes = [0, 1, 16, 17, 70_000, 3, 200_000, 65_536, 5]
    let pieces = sizes.map { arena.allocate($0) }
    for (index, piece) in pieces.enumerated() {
      piece.update(repeating: Float(index), count: sizes[index])
    }
    for (index, piece) in pieces.enumerated() {
      #expect(Int(bitPattern: piece) % 64 == 0)
      #expect((0..<min(sizes[index], 20)).allSatisfy { piece[$0] == Float(index) })
      #expect(sizes[index] == 0 || piece[sizes[index] - 1] == Float(index))
    }
    arena.reset()
    #expect(sizes.map { arena.allocate($0) } == pieces)
  }

  @Test("Many operations fit on a tape")
  func longTapes() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [2], [1, 2]))
    let y = (0..<1000).reduce(x) { y, _ in y + x }
    tape.pullback([(y, 1)])
    #expect(y.tensor.numbers == [1001, 2002])
    #expect(tape.gradient(of: x).numbers == [1001, 1001])
  }
}
