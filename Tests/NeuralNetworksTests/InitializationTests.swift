import NeuralNetworks
import RandomStreams
import TensorCore
import TestSupport
import Testing

@Suite("Orthogonal initialisation")
struct InitializationTests {
  static let shapes = [[1, 1], [1, 5], [5, 1], [4, 4], [3, 8], [8, 3], [64, 4], [40, 40]]

  func initialize(_ shape: [Int], gain: Float = 1, seed: UInt64 = 1) -> [Float] {
    var layout = ParameterLayout()
    _ = layout.add("before", [3])
    let weight = layout.add("weight", Shape(shape))
    let parameters = Buffer(count: layout.count + 2)
    for index in 0..<parameters.count { parameters[index] = 7 }
    var generator = RandomStream(seed: seed, purpose: .initialization, index: 0)
    initializeOrthogonally(weight, in: parameters, gain: gain, using: &generator)
    let outside = parameters.array.indices.filter { !weight.range.contains($0) }
    #expect(outside.allSatisfy { parameters[$0] == 7 }, "The neighbours were written.")
    return Array(parameters.array[weight.range])
  }

  @Test("Rows or columns, whichever are fewer, are orthogonal and long", arguments: shapes)
  func vectorsAreOrthogonal(_ shape: [Int]) {
    let gain: Float = 1.5
    let numbers = initialize(shape, gain: gain).map(Double.init)
    let (rows, columns) = (shape[0], shape[1])
    let vectors =
      rows <= columns
      ? (0..<rows).map { row in (0..<columns).map { numbers[row * columns + $0] } }
      : (0..<columns).map { column in (0..<rows).map { numbers[$0 * columns + column] } }
    for (i, first) in vectors.enumerated() {
      for (j, second) in vectors.enumerated() where j <= i {
        let product = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        let expected = i == j ? 2.25 : 0
        #expect(abs(product - expected) < 1e-6, "vectors \(i) and \(j)")
      }
    }
  }

  @Test("The same seed gives the same weights, another gives others")
  func isDeterministic() {
    #expect(initialize([8, 5]) == initialize([8, 5]))
    #expect(initialize([8, 5]) != initialize([8, 5], seed: 2))
  }

  @Test("The gain is a factor")
  func gainIsFactor() {
    let doubled = initialize([6, 6]).map { 2 * $0 }
    #expect(initialize([6, 6], gain: 2) == doubled)
  }

  /// For a uniformly distributed orthogonal matrix, the sign of the diagonal is a fair coin.
  @Test("Neither sign of an entry is preferred")
  func signsAreFair() {
    let positive = (0..<200).filter { initialize([2, 2], seed: UInt64($0))[0] > 0 }
    #expect((70...130).contains(positive.count), "\(positive.count) of 200 are positive.")
  }
}
