import LossBalancing
import Testing

@Suite struct LogNormalizationTests {
  @Test func `weights are priorities over values`() throws {
    var balancer = try LogNormalization(terms: terms(1, 1), statistic: .value)
    let weights = balancer.run(RunningMaximumTests.stream)
    #expect(weights == [[0.25, 0.01], [0.5, 0.02], [0.125, 0.04]])
  }

  @Test func `terms of 1e-9 and 1e3 both count 1`() throws {
    var balancer = try LogNormalization(terms: terms(1, 1))
    let weights = balancer.weights(for: .init([1e-9, 1e3]))
    #expect(agree([weights[0] * 1e-9, weights[1] * 1e3], [1, 1], within: 1e-14))
  }

  @Test func `the weighted gradient is that of the logarithm`() throws {
    // L(x) = x² + 1 at x = 0.7, and the logarithm's slope by central differences.
    let loss = { (x: Double) in x * x + 1 }
    var balancer = try LogNormalization(terms: terms(2))
    let weighted = balancer.weights(for: .init([loss(0.7)]))[0] * 2 * 0.7
    let slope = 2 * (logarithm(loss(0.7 + 1e-5)) - logarithm(loss(0.7 - 1e-5))) / 2e-5
    #expect(abs(weighted / slope - 1) < 1e-6)
  }

  @Test func `a power of two on a loss is taken out exactly, at each step of a descent`()
    throws
  {
    let reference = try descend(scale: 1)
    for exponent in -30...30 {
      let scale = Double(sign: .plus, exponent: exponent, significand: 1)
      #expect(try descend(scale: scale) == reference)
    }
  }

  @Test func `zero, a negative and an infinite value`() throws {
    var balancer = try LogNormalization(terms: terms(1), statistic: .value)
    let weights = balancer.run([2, 0, -1, .infinity, .nan, 4].map { LossMeasurement([$0]) })
    #expect(weights == [[0.5], [5e7], [5e7], [5e7], [5e7], [0.25]])
    #expect(throws: BalancerError.self) {
      try LogNormalization(terms: policyTerms(), statistic: .value)
    }
  }

  @Test func `a loss that is zero or denormal from the beginning is left alone`() throws {
    var balancer = try LogNormalization(terms: terms(3))
    #expect(balancer.run([.init([0]), .init([.leastNonzeroMagnitude])]) == [[3], [3]])
    #expect(balancer.isClamped(at: 0))
  }

  @Test func `a floor lets descent settle where the logarithm never does`() throws {
    #expect(try abs(settle(relativeFloor: 0)) > 1e-3)
    #expect(try abs(settle(relativeFloor: 0.02)) < 1e-12)
  }

  /// Descends ½ x² from 1 by 5000 steps of 0.01 and returns the largest of the last hundred places.
  private func settle(relativeFloor: Double) throws -> Double {
    var balancer = try LogNormalization(terms: terms(1), relativeFloor: relativeFloor)
    var x = 1.0
    var largest = 0.0
    for step in 0..<5000 {
      x -= 0.01 * balancer.weights(for: .init([x * x / 2]))[0] * x
      if step >= 4900 { largest = max(largest, abs(x)) }
    }
    return largest
  }

  private func descend(scale: Double) throws -> [Double] {
    var balancer = try LogNormalization(terms: terms(1))
    var x = 3.0
    return (0..<50).map { _ in
      let loss = scale * (x * x + 0.5)
      x -= 0.1 * balancer.weights(for: .init([loss]))[0] * (scale * 2 * x)
      return x
    }
  }
}
