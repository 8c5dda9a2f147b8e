import Foundation
import LossBalancing
import Testing

@Suite struct TrainingBalancerTests {
  static let names =
    BalancerRegistry.standard.names + ["every-3:gradnorm", "frozen:famo", "row-normalized:upgrad"]

  /// Two squared errors of different scale.
  static func losses(_ x: [Float]) -> [Double] {
    [Double((x[0] - 1) * (x[0] - 1)), Double(50 * (x[1] + x[0]) * (x[1] + x[0]))]
  }

  static func gradients(_ x: [Float]) -> [[Float]] {
    [[2 * (x[0] - 1), 0], [100 * (x[1] + x[0]), 100 * (x[1] + x[0])]]
  }

  @Test(arguments: names)
  func `one loop without branches serves every balancer`(name: String) throws {
    let found = try train(name) { balancer, x, update in
      try balancer.step(values: Self.losses(x), gradients: Self.gradients(x), into: &update)
    }
    let pulled = try train(name) { balancer, x, update in
      try balancer.step(values: Self.losses(x), into: &update) { weights in
        let gradients = Self.gradients(x)
        return [0, 1].map { column in
          Float(
            weights.indices.reduce(0.0) { sum, row in
              weights[row] == 0 ? sum : sum + weights[row] * Double(gradients[row][column])
            })
        }
      }
    }
    #expect(found == pulled)
    #expect(found.allSatisfy { $0.isFinite })
    let start = Self.losses([3, 2])
    #expect(zip(Self.losses(found), start).contains { $0 < $1 })
  }

  @Test(arguments: names)
  func `a stored one continues as if it had not been stored`(name: String) throws {
    let step: Step = { balancer, x, update in
      try balancer.step(values: Self.losses(x), gradients: Self.gradients(x), into: &update)
    }
    let stored = try train(name, storing: true, step: step)
    #expect(try train(name, step: step) == stored)
  }

  @Test func `double precision goes through, too`() throws {
    for name in Self.names {
      var single = TrainingBalancer(try BalancerRegistry.make(name, terms: terms(1, 0.5)), seed: 3)
      var double = single
      var (first, second) = ([Float](), [Double]())
      try single.step(values: [2, 3], gradients: [[1, 2], [0, 4]] as [[Float]], into: &first)
      try double.step(values: [2, 3], gradients: [[1, 2], [0, 4]] as [[Double]], into: &second)
      #expect(agree(first.map(Double.init), second, within: 1e-6), "\(name)")
      #expect(agree(single.weights, double.weights, within: 1e-12), "\(name)")
    }
  }

  @Test func `values alone give magnitudes of terms that are never negative only`() throws {
    var balancer = TrainingBalancer(try LogNormalization(terms: terms(1, 1)))
    var update: [Float] = []
    try balancer.step(values: [4, 2], gradients: [[1], [1]], into: &update)
    #expect(balancer.weights == [0.25, 0.5] && update == [0.75])
    var policy = TrainingBalancer(try LogNormalization(terms: policyTerms()))
    #expect(throws: BalancerError.missingMeasurement(.magnitudes, balancer: "log")) {
      try policy.step(values: [0, 2, -1], gradients: [[1], [1], [1]] as [[Float]], into: &update)
    }
    try policy.step(
      values: [0, 2, -1], magnitudes: [1, 2, 1], gradients: [[1], [1], [1]] as [[Float]],
      into: &update)
    #expect(policy.weights == [1, 0.25, 0.01])
  }

  @Test func `what does not fit is refused`() throws {
    var balancer = TrainingBalancer(FixedCoefficients(terms: terms(1, 1)))
    var update: [Float] = []
    #expect(throws: BalancerError.self) {
      try balancer.step(values: [1], gradients: [[1], [1]] as [[Float]], into: &update)
    }
    #expect(throws: BalancerError.self) {
      try balancer.step(values: [1, 1], gradients: [[1]] as [[Float]], into: &update)
    }
    #expect(throws: BalancerError.self) {
      try balancer.step(values: [1, 1], gradients: [[1], [1, 2]] as [[Float]], into: &update)
    }
    #expect(balancer.stepCount == 0)
  }

  typealias Step = (inout TrainingBalancer, [Float], inout [Float]) throws -> Void

  private func train(_ name: String, storing: Bool = false, step: Step) throws -> [Float] {
    var balancer = TrainingBalancer(try BalancerRegistry.make(name, terms: terms(1, 1)), seed: 9)
    var (x, update) = ([Float](arrayLiteral: 3, 2), [Float]())
    for index in 0..<40 {
      if index.isMultiple(of: 10) { balancer.beginPhase() }
      if storing && index.isMultiple(of: 7) {
        balancer = try JSONDecoder().decode(
          TrainingBalancer.self, from: JSONEncoder().encode(balancer))
      }
      try step(&balancer, x, &update)
      let length = update.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for place in x.indices where length > 0 { x[place] -= 0.05 * update[place] / length }
      try balancer.remeasure { Self.losses(x) }
    }
    return x
  }
}
