import LossBalancing
import Testing

@Suite struct GradNormTests {
  static let norms = LossMeasurement([1, 1], norms: [0.8, 0.2])

  @Test func `the first steps of the logarithmic form`() throws {
    var balancer = try GradNorm(terms: terms(1, 1))
    let weights = balancer.run(Array(repeating: Self.norms, count: 3))
    #expect(
      agree(
        weights,
        [[0.9400719, 1.0599281], [0.88449625, 1.11550375], [0.83348622, 1.16651378]]))
  }

  @Test func `it rests where weighted norms are equal`() throws {
    var balancer = try GradNorm(terms: terms(1, 1))
    let weights = balancer.run(Array(repeating: Self.norms, count: 400))
    #expect(agree(weights[399], [0.4, 1.6]))
  }

  @Test func `a ratio of 1e5 is balanced without a negative weight`() throws {
    var balancer = try GradNorm(terms: terms(1, 1))
    let measurement = LossMeasurement([1, 1], norms: [1e5, 1])
    let weights = balancer.run(Array(repeating: measurement, count: 600))
    #expect(weights.allSatisfy { $0.allSatisfy { $0 > 0 } })
    #expect(agree(weights[599], [1.99998e-5, 1.99998], within: 1e-9))
  }

  @Test func `in PPO priorities become shares and the policy keeps its weight`() throws {
    var balancer = try GradNorm(terms: policyTerms())
    #expect(balancer.scale == .anchor("policy"))
    let norms = [0.3, 1700, 1e-3]
    let measurement = LossMeasurement([0, 9, -0.6], norms: norms)
    let weights = balancer.run(Array(repeating: measurement, count: 1000))
    #expect(weights.allSatisfy { $0[0] == 1 })
    let lengths = zip(weights[999], norms).map { $0 * $1 }
    #expect(agree(lengths.map { $0 / lengths[0] }, [1, 0.5, 0.01]))
  }

  @Test func `without a policy that takes part, the sum of the weights is held`() throws {
    var balancer = try GradNorm(terms: policyTerms(policy: 0))
    #expect(balancer.scale == .sum)
    let weights = balancer.run(Array(repeating: .init([0, 9, -1], norms: [1, 20, 3]), count: 300))
    #expect(agree(weights.map { $0.reduce(0, +) }, Array(repeating: 0.51, count: 300)))
    #expect(agree([weights[299][1] * 20 / (weights[299][2] * 3)], [50]))
  }

  @Test func `it starts at the priorities and moves at most by its rate`() throws {
    var balancer = try GradNorm(terms: policyTerms(), rate: 0.1)
    let weights = balancer.weights(for: .init([0, 9, -0.6], norms: [1, 1e6, 1e-6]))
    let factors = zip(weights, balancer.terms).map { $0 / $1.priority }
    #expect(factors.allSatisfy { $0 < 1.2215 && $0 > 0.8187 })
  }

  @Test func `a term without a gradient keeps its weight`() throws {
    // The entropy of a Gaussian of constant width does not depend on the features.
    var balancer = try GradNorm(terms: policyTerms())
    let measurement = LossMeasurement([0, 9, -0.6], norms: [0.3, 17, 0])
    let weights = balancer.run(Array(repeating: measurement, count: 500))
    #expect(weights.allSatisfy { $0[2] == 0.01 && $0[0] == 1 })
    // Every row clipped: the policy has no gradient, and nothing moves.
    #expect(balancer.weights(for: .init([0, 9, -0.6], norms: [0, 17, 0])) == weights[499])
  }

  @Test func `a common power of two changes nothing`() throws {
    func weights(_ scale: Double) throws -> [[Double]] {
      var balancer = try GradNorm(terms: policyTerms())
      let norms = [0.3, 17, 0.01].map { $0 * scale }
      return balancer.run(Array(repeating: .init([0, 9, -0.6], norms: norms), count: 50))
    }
    #expect(try weights(0x1p60) == weights(1))
    #expect(try weights(0x1p-60) == weights(1))
  }

  @Test func `factors stop at their limit and say so`() throws {
    var balancer = try GradNorm(terms: terms(1, 1), factorLimit: 10, scale: .anchor("a"))
    let measurement = LossMeasurement([1, 1], norms: [1, 1e-5])
    let weights = balancer.run(Array(repeating: measurement, count: 100))
    #expect(agree(weights[99], [1, 10]))
    #expect(!balancer.isClamped(at: 0) && balancer.isClamped(at: 1))
  }

  @Test func `slow terms are helped with asymmetry`() throws {
    var balancer = try GradNorm(terms: terms(1, 1), asymmetry: 1.5)
    let stream = [[2.0, 1], [1, 0.9]].map { LossMeasurement($0, norms: [1, 1]) }
    let weights = balancer.run(stream)
    #expect(weights[0] == [1, 1])
    #expect(weights[1][0] < 1 && weights[1][1] > 1)
  }

  @Test func `options out of range are refused`() {
    #expect(throws: BalancerError.self) { try GradNorm(terms: terms(1), rate: 0) }
    #expect(throws: BalancerError.self) { try GradNorm(terms: terms(1), rate: .nan) }
    #expect(throws: BalancerError.self) { try GradNorm(terms: terms(1), asymmetry: -1) }
    #expect(throws: BalancerError.self) { try GradNorm(terms: terms(1), scale: .anchor("b")) }
    #expect(throws: BalancerError.self) {
      try GradNorm(terms: terms(1, 0), scale: .anchor("b"))
    }
  }
}

@Suite struct PublishedGradNormTests {
  @Test func `four steps as published`() throws {
    var balancer = try PublishedGradNorm(terms: terms(1, 1), rate: 0.1)
    let weights = balancer.run(Array(repeating: GradNormTests.norms, count: 4))
    #expect(weights[0] == [1, 1])
    #expect(
      agree(
        Array(weights.dropFirst()) + [balancer.factors],
        [
          [0.94845361, 1.05154639], [0.895313, 1.104687], [0.84052886, 1.15947114],
          [0.78405038, 1.21594962],
        ]))
  }

  @Test func `with asymmetry 1.5 the signs, and so the weights, are the same`() throws {
    var balancer = try PublishedGradNorm(terms: terms(1, 1), rate: 0.1, asymmetry: 1.5)
    let values = [[2.0, 1], [1, 0.9], [0.8, 0.85]]
    let weights = balancer.run(values.map { LossMeasurement($0, norms: [0.8, 0.2]) })
    #expect(
      agree(
        Array(weights.dropFirst()) + [balancer.factors],
        [[0.94845361, 1.05154639], [0.895313, 1.104687], [0.84052886, 1.15947114]]))
  }

  @Test func `an imbalance of 1e5 makes a weight negative`() throws {
    var balancer = try PublishedGradNorm(terms: terms(1, 1))
    _ = balancer.weights(for: .init([1, 1], norms: [1e5, 1]))
    #expect(agree(balancer.factors, [2.00082066, -0.00082066]))
    // Then -2497.99917934 and -0.00082066 - 0.025, and renormalised by their negative sum.
    _ = balancer.weights(for: .init([1, 1], norms: [1e5, 1]))
    #expect(agree(balancer.factors, [1.99997933, 0.00002067]))
  }

  @Test func `asymmetry is refused where a ratio to the first value means nothing`() throws {
    #expect(throws: BalancerError.self) {
      try PublishedGradNorm(terms: policyTerms(), asymmetry: 0.12)
    }
    _ = try PublishedGradNorm(terms: policyTerms())
  }
}
