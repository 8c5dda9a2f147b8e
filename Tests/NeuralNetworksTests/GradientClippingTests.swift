import NeuralNetworks
import TensorCore
import TestSupport
import Testing

@Suite("Gradient clipping")
struct GradientClippingTests {
  @Test("The norm is that of all numbers together", arguments: [0, 1, 3, 16, 17, 1000])
  func normOfAll(_ count: Int) {
    var generator = SplitMix(seed: UInt64(count))
    let numbers = generator.floats(count)
    let expected = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norm(of: Buffer(numbers)) - expected) <= 1e-14 * expected)
  }

  @Test("Squares neither overflow nor vanish")
  func extremeNorms() {
    #expect(norm(of: Buffer([3e30, 4e30])) > 4.99e30)
    #expect(abs(norm(of: Buffer([3e-30, 4e-30])) / 5e-30 - 1) < 1e-6)
    #expect(norm(of: Buffer([1, .nan])).isNaN)
    #expect(norm(of: Buffer([1, .infinity])) == .infinity)
  }

  @Test("A short gradient is left alone, a long one is shortened to the maximum")
  func clipsLongGradients() {
    #expect(clippingScale(norm: 0, maximum: 0.5) == 1)
    #expect(clippingScale(norm: 0.4, maximum: 0.5) == 1)
    let gradient: [Float] = [3, -4, 12]
    let length = norm(of: Buffer(gradient))
    #expect(length == 13)
    let scale = clippingScale(norm: length, maximum: 0.5)
    #expect(scale == Float(0.5 / (13 + 1e-6)))
    #expect(abs(norm(of: Buffer(gradient.map { scale * $0 })) - 0.5) < 1e-6)
  }
}
