import LossBalancing
import Testing

@Suite struct DirectionTests {
  /// TorchJD's own example: two gradients that conflict.
  static let first: [[Double]] = [[-4, 1, 1], [6, 1, 1]]
  /// Gradients like those of PPO: policy, value and entropy, of lengths 1, 5 and 0.1.
  static let second: [[Double]] = [[1, 0, 0, 0], [-3, 4, 0, 0], [0, 0, 0.1, 0]]

  struct Example: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable ([LossTerm]) throws -> any LossBalancer
    let first: [Double]
    let second: [Double]
    /// Whether the priorities are one over the number of terms.
    var isMean = false
    var tolerance = 1e-8
    var testDescription: String { name }
  }

  static let examples = [
    Example(
      name: "mgda", make: { MGDA(terms: $0) }, first: [0.6, 0.4],
      second: [0.01715686, 0.00245098, 0.98039216]),
    Example(
      name: "imtl-g", make: { ImpartialGradients(terms: $0) }, first: [0.59233032, 0.40766968],
      second: [5.0 / 26, 1.0 / 26, 20.0 / 26]),
    Example(
      name: "aligned-mtl", make: { AlignedMTL(terms: $0) }, first: [0.55907192, 0.40826107],
      second: [0.04573296, 0.01143324, 0.33333333], isMean: true),
    Example(
      name: "pcgrad", make: { PCGrad(terms: $0) }, first: [2.22222222, 1.57894737],
      second: [4, 1.12, 1]),
    Example(
      name: "gradvac", make: { try GradVac(terms: $0) }, first: [2.22222222, 1.57894737],
      second: [4, 1.12, 1]),
    Example(
      name: "upgrad", make: { try UPGrad(terms: $0) }, first: [1.11111111, 0.78947368],
      second: [4.0 / 3, 0.37333333, 1.0 / 3], isMean: true),
    Example(
      name: "dual-proj", make: { try DualProj(terms: $0) }, first: [0.61111111, 0.5],
      second: [1, 1.0 / 3, 1.0 / 3], isMean: true),
    Example(
      name: "cagrad", make: { try CAGrad(terms: $0, radius: 0.5) }, first: [0.70412415, 0.5],
      second: [1.02990737, 0.33333333, 2.99073711], isMean: true, tolerance: 1e-6),
    Example(
      name: "nash-mtl", make: { try NashMTL(terms: $0, maximumNorm: nil) },
      first: [0.59146115, 0.40707148], second: [1.58113883, 0.31622777, 10]),
    Example(
      name: "fairgrad", make: { try FairGrad(terms: $0) }, first: [0.47136292, 0.31945423],
      second: [1.59773944, 0.26887032, 21.5443469]),
  ]

  @Test(arguments: examples)
  func `weights on the example matrices`(example: Example) throws {
    for (rows, expected) in [(Self.first, example.first), (Self.second, example.second)] {
      let priority = example.isMean ? 1 / Double(rows.count) : 1
      let terms = terms(Array(repeating: priority, count: rows.count))
      var balancer = try example.make(terms)
      #expect(
        agree(balancer.weights(for: .init(rows: rows)), expected, within: example.tolerance))
    }
  }

  @Test func `updates on the first example`() throws {
    let mean = terms(0.5, 0.5)
    var ridged = try UPGrad(terms: mean, ridge: 1e-4)
    try expect(&ridged, [0.292902, 1.90035208, 1.90035208])
    #expect(agree(ridged.weights(for: .init(rows: Self.first)), [1.11092105, 0.78943103]))
    var dual = try DualProj(terms: mean, ridge: 1e-4)
    #expect(agree(dual.weights(for: .init(rows: Self.first)), [0.61092105, 0.5]))
    try expect(&dual, [0.55631581, 1.11092105, 1.11092105])
    var conflictFree = ConFIG(terms: terms(1, 1))
    try expect(&conflictFree, [0.15880898, 2.07060676, 2.07060676])
    var averse = try CAGrad(terms: mean, radius: 0.5, isRescaled: true)
    try expect(&averse, [0.14680274, 0.96329932, 0.96329932])
    var nash = try NashMTL(terms: terms(1, 1), maximumNorm: nil)
    try expect(&nash, [0.07658429, 0.99853264, 0.99853264])
    nash = try NashMTL(terms: terms(1, 1))
    try expect(&nash, [0.0542, 0.7061, 0.7061], within: 1e-4)
  }

  @Test func `PCGrad's order is random, and the generator's`() throws {
    let rows: [[Double]] = [[1, 0, 0], [-0.5, 1, 0], [-0.5, -0.6, 1]]
    var balancer = PCGrad(terms: terms(1, 1, 1))
    let found = (0..<20).map { balancer.run([.init(rows: rows)], seed: UInt64($0))[0] }
    #expect(found.contains { !agree($0, found[0]) })
    let stream = Array(repeating: LossMeasurement(rows: rows), count: 5)
    #expect(balancer.run(stream, seed: 3) == balancer.run(stream, seed: 3))
  }

  @Test func `ConFIG on the second example`() throws {
    var balancer = ConFIG(terms: terms(1, 1, 1))
    let weights = balancer.weights(for: .init(rows: Self.second))
    #expect(agree(update(weights, Self.second), [1.01666667, 2.03333333, 1.01666667, 0]))
  }

  @Test func `GradVac remembers angles`() throws {
    var balancer = try GradVac(terms: terms(1, 1), rate: 0.5)
    let weights = balancer.run([.init(rows: Self.first), .init(rows: Self.first)])
    #expect(agree(weights[1], [1.8579878, 1.40641528]))
    #expect(agree(update(weights[1], Self.first), [1.00654044, 3.26440308, 3.26440308]))
    #expect(agree(balancer.averageCosines, [0, -0.63089327, -0.63089327, 0]))
  }

  @Test func `Aligned-MTL to the median and to the mean`() throws {
    // Eigenvalues of the Gramian of orthogonal rows are their squared lengths: 0.01, 1, 4.
    let rows: [[Double]] = [[1, 0, 0], [0, 2, 0], [0, 0, 0.1]]
    for (target, length) in [(AlignedMTL.Target.smallest, 0.1), (.median, 1), (.mean, 1.29228)] {
      var balancer = AlignedMTL(terms: terms(1, 1, 1), target: target)
      let found = update(balancer.weights(for: .init(rows: rows)), rows)
      #expect(agree(found, [length, length, length], within: 1e-4))
    }
  }

  @Test func `Nash's update has the length √Σγ`() throws {
    var generator = SplitMix(seed: 12)
    for priorities in [[1.0, 1, 1], [1, 0.5, 0.01]] {
      var balancer = try NashMTL(terms: terms(priorities), maximumNorm: nil)
      for scale in [1e-4, 1, 700] {
        let rows = randomRows(3, width: 5, using: &generator).map { $0.map { $0 * scale } }
        let found = update(balancer.weights(for: .init(rows: rows)), rows)
        #expect(agree([norm(found)], [priorities.reduce(0, +).squareRoot()], within: 1e-6))
        // Each term falls as its bargaining power says: αᵢ ⟨gᵢ, d⟩ = γᵢ.
      }
    }
  }

  @Test func `a larger priority makes a term fall faster`() throws {
    for name in BalancerRegistry.standard.names.suffix(11) {
      func fall(_ priority: Double) throws -> Double {
        var balancer = try BalancerRegistry.make(name, terms: terms(1, priority, 1))
        let found = update(balancer.weights(for: .init(rows: Self.second)), Self.second)
        return dot(found, Self.second[1]) / norm(found)
      }
      #expect(try fall(4) > fall(1), "\(name)")
    }
  }

  private func expect(
    _ balancer: inout some LossBalancer, _ expected: [Double], within tolerance: Double = 1e-8
  ) throws {
    let found = update(balancer.weights(for: .init(rows: Self.first)), Self.first)
    #expect(agree(found, expected, within: tolerance))
  }
}
