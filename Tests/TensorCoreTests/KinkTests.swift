import TensorCore
import TestSupport
import Testing

/// Where a function has no slope, or two, which one the pullback takes is a convention.
@Suite("Slopes at kinks")
struct KinkTests {
  private func slopes(
    at numbers: [Float], _ function: (Variable) -> Variable
  ) -> [Float] {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: Shape(numbers.count), numbers))
    tape.pullback([(function(x), 1)])
    return tape.gradient(of: x).numbers
  }

  @Test("relu and abs have the slope 0 at 0, elu the slope 1")
  func atZero() {
    #expect(slopes(at: [-1, -0.0, 0, 1], relu) == [0, 0, 0, 1])
    #expect(slopes(at: [-1, -0.0, 0, 1], abs) == [-1, 0, 0, 1])
    #expect(slopes(at: [0, 1], elu) == [1, 1])
  }

  @Test("clamp has the slope 1 from bound to bound")
  func atBounds() {
    let numbers: [Float] = [-0.500_000_06, -0.5, 0, 1.5, 1.500_000_1]
    #expect(slopes(at: numbers) { clamp($0, -0.5...1.5) } == [0, 1, 1, 1, 0])
    #expect(slopes(at: [2, 3]) { clamp($0, 2...2) } == [1, 0])
  }

  @Test("Where two numbers are equal, minimum and maximum give each half of the gradient")
  func atTies() {
    for function in [minimum, maximum] {
      let tape = Tape()
      let x = tape.variable(Tensor(shape: [3], [1, 2, 3]))
      let y = tape.variable(Tensor(shape: [3], [2, 2, 2]))
      tape.pullback([(function(x, y), 4)])
      let (dx, dy) = (tape.gradient(of: x).numbers, tape.gradient(of: y).numbers)
      #expect(dx[1] == 2 && dy[1] == 2)
      #expect(zip(dx, dy).allSatisfy { $0 + $1 == 4 })
    }
  }

  @Test("A root at 0 has an infinite slope, a logarithm at 0 too")
  func infiniteSlopes() {
    #expect(slopes(at: [0], squareRoot) == [.infinity])
    #expect(slopes(at: [0], log) == [.infinity])
  }

  @Test("A layer's slope at a kink is its activation's")
  func layerAtKink() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [1, 1], [2]))
    let weight = tape.constant(Tensor(shape: [1, 1], [1]))
    let bias = tape.constant(Tensor(shape: [1], [-2]))
    tape.pullback([(linear(x, weight, bias, activation: .relu), 1)])
    #expect(tape.gradient(of: x).numbers == [0])
  }
}
