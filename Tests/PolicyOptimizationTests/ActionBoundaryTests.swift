import EnvironmentKit
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Actions at the boundary of an environment")
struct ActionBoundaryTests {
  private static let largest = Float.greatestFiniteMagnitude

  private func bounded(_ numbers: [Float], _ box: BoxSpace, squashes: Bool) -> [Float] {
    let tape = Tape(isRecording: false)
    func matrix(_ numbers: [Float]) -> Variable {
      tape.constant(Tensor(shape: Shape(numbers.count, 1), numbers))
    }
    let gaussian = DiagonalGaussian(
      mean: matrix(numbers), logStandardDeviation: matrix(numbers.map { _ in 0 }))
    let policy: AnyActionDistribution =
      squashes ? .squashed(SquashedGaussian(gaussian)) : .gaussian(gaussian)
    var result = numbers
    policy.writeBounded(numbers, rows: numbers.count, in: .box(box), to: &result)
    return result
  }

  @Test(
    "Squashed actions reach from bound to bound where the bounds' distance overflows",
    arguments: [Float(2e38), largest])
  func squashesIntoWideBounds(bound: Float) {
    let actions = bounded(
      [-20, -0.549_306, 0, 0.549_306, 20], .init(symmetric: [bound]), squashes: true)
    #expect(abs(actions[0] / bound + 1) < 1e-6 && abs(actions[4] / bound - 1) < 1e-6)
    #expect(abs(actions[2] / bound) < 1e-6)
    // tanh of half the logarithm of 3 is a half.
    #expect(abs(actions[1] / bound + 0.5) < 1e-5 && abs(actions[3] / bound - 0.5) < 1e-5)
  }

  @Test("Clipped actions are within wide bounds what they are")
  func clipsToWideBounds() {
    let box = BoxSpace(symmetric: [2e38])
    #expect(bounded([-3e38, -1, 5, 3e38], box, squashes: false) == [-2e38, -1, 5, 2e38])
  }
}
