import LossBalancing
import Testing

@Suite struct RunningMaximumTests {
  static let stream = [LossMeasurement([4, 100]), .init([2, 50]), .init([8, 25])]

  @Test func `weights are priorities over running maxima`() throws {
    var balancer = try RunningMaximum(terms: terms(1, 1), statistic: .value)
    let weights = balancer.run(Self.stream)
    #expect(weights == [[0.25, 0.01], [0.25, 0.01], [0.125, 0.01]])
    #expect(totals(weights) == [2, 1, 1.25])
    #expect(balancer.maxima == [8, 100])
  }

  @Test func `with priorities 1 and 3`() throws {
    var balancer = try RunningMaximum(terms: terms(1, 3), statistic: .value)
    let weights = balancer.run(Self.stream)
    #expect(agree(weights, [[0.25, 0.03], [0.25, 0.03], [0.125, 0.03]]))
    #expect(agree(totals(weights), [4, 2, 1.75]))
  }

  @Test func `a term that is never negative counts between 0 and 1`() throws {
    var generator = SplitMix(seed: 4)
    for decay in [1, 0.5] {
      var balancer = try RunningMaximum(terms: terms(1), statistic: .value, decay: decay)
      let values = (0..<200).map { _ in Double.random(in: 0...10, using: &generator) }
      let weights = balancer.run(values.map { LossMeasurement([$0]) })
      let counted = zip(weights, values).map { $0[0] * $1 }
      #expect(counted[0] == 1)
      #expect(counted.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func `only a decaying maximum recovers when a loss drops for good`() throws {
    let drop = [LossMeasurement([1e6])] + Array(repeating: LossMeasurement([1]), count: 30)
    var literal = try RunningMaximum(terms: terms(1))
    var decaying = try RunningMaximum(terms: terms(1), decay: 0.5)
    #expect(literal.run(drop).last == [1e-6])
    #expect(decaying.run(drop).last == [1])
  }

  @Test func `decay one half on the golden stream`() throws {
    var balancer = try RunningMaximum(terms: terms(1, 1), decay: 0.5)
    #expect(balancer.run(Self.stream) == [[0.25, 0.01], [0.5, 0.02], [0.125, 0.04]])
  }

  @Test func `a first loss of zero or of nan makes no nan`() throws {
    var balancer = try RunningMaximum(terms: terms(1, 1))
    let weights = balancer.run([.init([0, 4]), .init([2, 4])])
    #expect(weights == [[1, 0.25], [0.5, 0.25]])
    balancer = try RunningMaximum(terms: terms(1))
    #expect(balancer.run([.init([.nan]), .init([2])]) == [[0], [0.5]])
  }

  @Test func `mean and share differ from sum by a common factor`() throws {
    let priorities = terms(1, 3, 0)
    let stream = [LossMeasurement([4, 100, 7])]
    func weights(_ combination: TermCombination) throws -> [Double] {
      var balancer = try RunningMaximum(terms: priorities, combination: combination)
      return balancer.run(stream)[0]
    }
    #expect(agree(try weights(.sum), [0.25, 0.03, 0]))
    #expect(agree(try weights(.mean), [0.125, 0.015, 0]))
    #expect(agree(try weights(.share), [0.0625, 0.0075, 0]))
  }

  @Test func `weighted terms are to each other as their priorities`() throws {
    var balancer = try RunningMaximum(terms: terms(2, 3))
    let weights = balancer.run([.init([1e-9, 1e3])])[0]
    #expect(abs(weights[0] * 1e-9 / (weights[1] * 1e3) - 2.0 / 3) < 1e-15)
  }

  @Test func `the literal formula is refused for PPO's terms`() throws {
    #expect(throws: BalancerError.self) {
      try RunningMaximum(terms: policyTerms(), statistic: .value)
    }
    _ = try RunningMaximum(terms: policyTerms(policy: 0, entropy: 0), statistic: .value)
  }

  @Test func `on magnitudes the policy's weight stays near its priority`() throws {
    // With ratio 1 and normalised advantages the surrogate is 0 but for rounding.
    var balancer = try RunningMaximum(terms: policyTerms())
    let weights = balancer.run([.init([9.3e-9, 0.75, -0.6], magnitudes: [1.5, 0.75, 0.6])])[0]
    #expect(agree(weights, [0.66666667, 0.66666667, 0.01666667]))
  }

  private func totals(_ weights: [[Double]]) -> [Double] {
    zip(weights, Self.stream).map { weights, measurement in
      zip(weights, measurement.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }
}
