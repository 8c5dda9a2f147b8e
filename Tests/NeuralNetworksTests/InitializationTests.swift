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

  /// Where rows and columns are many, the vectors go by blocks.
  @Test("So are those of a large matrix")
  func largeIsOrthogonal() {
    let (rows, columns) = (310, 290)
    let numbers = initialize([rows, columns]).map(Double.init)
    for first in stride(from: 0, to: columns, by: 17) {
      for second in stride(from: 0, through: first, by: 13) {
        var product = 0.0
        for row in 0..<rows {
          product += numbers[row * columns + first] * numbers[row * columns + second]
        }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-6, "\(first) and \(second)")
      }
    }
  }

  /// Trained networks of these sizes are repeated to the bit: see the presets.
  @Test("Small matrices are those of the plain algorithm of Gram and Schmidt, to the bit")
  func smallAreAsEver() {
    for (rows, columns) in [(1, 5), (5, 1), (64, 4), (24, 64), (48, 48)] {
      let (count, length) = (min(rows, columns), max(rows, columns))
      var generator = RandomStream(seed: 1, purpose: .initialization, index: 0)
      var vectors: [[Double]] = []
      for _ in 0..<count {
        var vector = (0..<length).map { _ in generator.normal() }
        for _ in 0..<2 {
          for other in vectors {
            let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
            for index in 0..<length { vector[index] -= projection * other[index] }
          }
        }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vectors.append(vector.map { $0 / norm })
      }
      let expected = (0..<rows * columns).map { at in
        Float(
          rows <= columns
            ? vectors[at / columns][at % columns] : vectors[at % columns][at / columns])
      }
      #expect(initialize([rows, columns]) == expected, "\(rows) rows, \(columns) columns")
    }
  }

  /// The plain algorithm takes 60 times as long already at this size, and grows faster.
  @Test("A large matrix takes not much longer than the numbers that it is made of")
  func isQuick() {
    let clock = ContinuousClock()
    var ratios: [Double] = []
    // The least of some, since the machine does other things, too.
    for _ in 0..<5 {
      var generator = RandomStream(seed: 2, purpose: .initialization, index: 0)
      let drawing = clock.measure { for _ in 0..<512 * 512 { _ = generator.normal() } }
      ratios.append(clock.measure { _ = initialize([512, 512]) } / drawing)
    }
    #expect((ratios.min() ?? .infinity) < 20, "\(ratios)")
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
