import Testing

@testable import LossBalancing

@Suite struct MathematicsTests {
  @Test(arguments: [1, 2, 3, 7, 16])
  func `an eigendecomposition gives the matrix back`(count: Int) {
    var generator = SplitMix(seed: UInt64(count))
    for _ in 0..<20 {
      let matrix = randomGramian(count, width: count + 2, using: &generator)
      let decomposition = Eigendecomposition(matrix)
      for row in 0..<count {
        let unit = (0..<count).map { $0 == row ? 1.0 : 0 }
        #expect(agree(decomposition.apply({ $0 }, to: unit), matrix.times(unit), within: 1e-12))
        for other in 0..<count {
          let product = dot(decomposition.vectors[row], decomposition.vectors[other])
          #expect(abs(product - (row == other ? 1 : 0)) < 1e-13)
        }
      }
    }
  }

  @Test func `eigenvalues that are known`() {
    let matrix = SymmetricMatrix(count: 2) { [[2, 1], [1, 2]][$0][$1] }
    #expect(agree(Eigendecomposition(matrix).values.sorted(), [1, 3]))
    let diagonal = SymmetricMatrix(count: 3) { $0 == $1 ? [3, 1e-20, 2][$0] : 0 }
    #expect(Eigendecomposition(diagonal).values == [3, 1e-20, 2])
  }

  @Test func `a pseudoinverse solves what can be solved`() {
    // Rank 1: all vectors are multiples of (1, 2).
    let matrix = SymmetricMatrix(count: 2) { [[1, 2], [2, 4]][$0][$1] }
    #expect(agree(matrix.pseudoinverse(times: [5, 10]), [1, 2]))
    #expect(agree(matrix.pseudoinverse(times: [2, -1]), [0, 0]))
  }

  @Test(arguments: [1, 2, 5, 16])
  func `Cholesky's factorisation solves`(count: Int) {
    var generator = SplitMix(seed: UInt64(count))
    let matrix = randomGramian(count, width: count + 3, using: &generator)
    let solution = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
    #expect(agree(matrix.solve(matrix.times(solution)), solution, within: 1e-8))
  }

  @Test(arguments: [(2, 3), (3, 4), (5, 3), (8, 8), (16, 10)])
  func `a bounded minimum is one`(count: Int, width: Int) {
    var generator = SplitMix(seed: 61)
    for scale in [1, 1e-12, 1e12] {
      for _ in 0..<40 {
        var factors = Array(repeating: 1.0, count: count)
        factors[0] = scale
        let matrix = randomGramian(count, width: width, using: &generator).scaled(by: factors)
        let bounds = (0..<count).map { _ in Double.random(in: 0...1, using: &generator) }
        let found = matrix.minimum(above: bounds)
        let slopes = matrix.times(found)
        let length = matrix.quadraticForm(bounds).squareRoot()
        for index in 0..<count {
          // Feasible; not downhill; and at rest where it is not at the bound.
          let tolerance = 1e-7 * length * matrix[index, index].squareRoot()
          #expect(found[index] >= bounds[index])
          #expect(slopes[index] >= -tolerance)
          #expect(found[index] == bounds[index] || abs(slopes[index]) <= tolerance)
        }
      }
    }
  }

  @Test(arguments: [(2, 3), (3, 2), (6, 8), (10, 3)])
  func `no convex combination is shorter than the shortest`(count: Int, width: Int) {
    var generator = SplitMix(seed: 71)
    for scale in [1, 1e-8, 1e8] {
      for _ in 0..<40 {
        // Two vectors differ in length from the others.
        let factors = (0..<count).map { $0 < 2 ? scale : 1 }
        let matrix = randomGramian(count, width: width, using: &generator).scaled(by: factors)
        let weights = matrix.minimumNormWeights()
        #expect(weights.allSatisfy { $0 >= 0 } && abs(weights.reduce(0, +) - 1) < 1e-12)
        let products = matrix.times(weights)
        let square = dot(products, weights)
        let lengths = matrix.diagonal.map { $0.squareRoot() }
        let shortest = lengths.min() ?? 0
        // The plane through the shortest combination has all vectors on its far side.
        for (product, length) in zip(products, lengths) {
          #expect(product >= square - 1e-7 * length * shortest)
        }
      }
    }
  }

  @Test func `the shortest combination of two is in closed form`() {
    for (first, second, product) in [(18.0, 38.0, -22.0), (1, 25, -3), (1, 4, 1.5)] {
      let matrix = SymmetricMatrix(count: 2) { $0 != $1 ? product : $0 == 0 ? first : second }
      let part = (second - product) / (first + second - 2 * product)
      let expected = min(max(part, 0), 1)
      #expect(agree(matrix.minimumNormWeights(), [expected, 1 - expected], within: 1e-12))
    }
  }

  @Test(arguments: [0.25, 0.5, 1, 3])
  func `a fair allocation satisfies its equation`(exponent: Double) {
    var generator = SplitMix(seed: 81)
    for count in [1, 2, 3, 8] {
      for _ in 0..<20 {
        let gramian = randomGramian(count, width: count + 1, using: &generator)
        let matrix = gramian.scaled(by: gramian.diagonal.map { 1 / $0.squareRoot() })
        let targets = (0..<count).map { _ in exp10(Double.random(in: -4...4, using: &generator)) }
        let found = matrix.balancedPoint(targets: targets, power: exponent)
        let products = matrix.times(found)
        for index in 0..<count {
          let goal = targets[index] / power(found[index], exponent)
          let size = (0..<count).reduce(0) { $0 + abs(matrix[index, $1]) * found[$1] }
          #expect(abs(products[index] - goal) <= 1e-12 * size)
        }
      }
    }
  }

  @Test func `vectors that cancel each other get a large but finite allocation`() {
    let matrix = SymmetricMatrix(count: 2) { $0 == $1 ? 1 : -1 }
    let found = matrix.balancedPoint(targets: [1, 1], power: 1)
    #expect(found.allSatisfy { $0.isFinite && $0 > 1e5 })
  }

  @Test func `CAGrad's combination is the worst case`() throws {
    var generator = SplitMix(seed: 91)
    for _ in 0..<30 {
      let rows = randomRows(3, width: 4, using: &generator)
      var balancer = try CAGrad(terms: terms(1, 1, 1), radius: 0.5)
      let found = update(balancer.weights(for: .init(rows: rows)), rows)
      let sum = update([1, 1, 1], rows)
      let least = rows.map { dot($0, found) }.min() ?? 0
      // No other update as near to the sum makes the least fall larger.
      for _ in 0..<200 {
        let direction = update(randomRows(1, width: 3, using: &generator)[0], rows)
        let length = 0.5 * norm(sum) / norm(direction)
        let other = zip(sum, direction).map { $0 + $1 * length }
        #expect((rows.map { dot($0, other) }.min() ?? 0) <= least + 1e-9)
      }
    }
  }

  private func randomGramian(
    _ count: Int, width: Int, using generator: inout SplitMix
  ) -> SymmetricMatrix {
    let rows = randomRows(count, width: width, using: &generator)
    return SymmetricMatrix(count: count) { dot(rows[$0], rows[$1]) }
  }

  private func exp10(_ x: Double) -> Double { power(10, x) }
}
