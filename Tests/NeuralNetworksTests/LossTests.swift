import NeuralNetworks
import TensorCore
import Testing

@Suite("Losses of rows and their means")
struct LossTests {
  static let prediction: [Float] = [0.5, -1, 2, 0.25, 3, -0.5]
  static let target: [Float] = [0, 1, 2, 0, -1, 0.5]

  private func variables(_ tape: Tape) -> (Variable, Variable) {
    (
      tape.variable(Tensor(shape: [3, 2], Self.prediction)),
      tape.constant(Tensor(shape: [3, 2], Self.target))
    )
  }

  @Test("The mean over rows of a loss is the loss")
  func meansAgree() {
    let tape = Tape()
    let (x, y) = variables(tape)
    let classes = tape.constant(Tensor(shape: [3], [1, 0, 1]))
    let pairs = [
      (squaredErrors(x, y), meanSquaredError(x, y)),
      (crossEntropies(x, classes), crossEntropy(x, classes)),
      (smoothL1Losses(x, y, beta: 0.75), smoothL1Loss(x, y, beta: 0.75)),
    ]
    for (rows, all) in pairs {
      #expect(rows.shape == [3])
      let mean = rows.tensor.numbers.reduce(0, +) / 3
      #expect(abs(mean - all.tensor.numbers[0]) < 1e-6)
    }
  }

  @Test("Huber's loss is ½ d² below its width and a line above")
  func huber() {
    let tape = Tape()
    let (x, y) = variables(tape)
    // |d| = 0.5, 2, 0, 0.25, 4, 1 and δ = 1.5
    let expected: Float = (0.125 + 1.5 * 1.25 + 0 + 0.03125 + 1.5 * 3.25 + 0.5) / 6
    let loss = huberLoss(x, y, delta: 1.5)
    #expect(abs(loss.tensor.numbers[0] - expected) < 1e-6)
    tape.pullback([(loss, 6)])
    let slopes: [Float] = [0.5, -1.5, 0, 0.25, 1.5, -1]
    #expect(zip(tape.gradient(of: x).numbers, slopes).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
