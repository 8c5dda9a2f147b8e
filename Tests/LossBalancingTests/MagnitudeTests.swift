import LossBalancing
import Testing

@Suite struct MagnitudeTests {
  static let stream = RunningMaximumTests.stream

  @Test func `an average of magnitudes`() throws {
    var balancer = try AverageMagnitude(terms: terms(1, 1), decay: 0.9)
    #expect(
      agree(
        balancer.run(Self.stream),
        [[0.25, 0.01], [0.33928571, 0.01357143], [0.20782209, 0.01794702]]))
  }

  @Test func `a geometric average of magnitudes`() throws {
    var balancer = try AverageLogMagnitude(terms: terms(1, 1), decay: 0.9)
    #expect(
      agree(
        balancer.run(Self.stream),
        [[0.25, 0.01], [0.36006163, 0.01440247], [0.24368674, 0.02099594]]))
  }

  @Test func `how many minibatches a drop and a rise by a million need`() throws {
    var average: any LossBalancer = try AverageMagnitude(terms: terms(1))
    var geometric: any LossBalancer = try AverageLogMagnitude(terms: terms(1))
    #expect(minibatches(&average, from: 1e6, to: 1) == 1375)
    #expect(minibatches(&geometric, from: 1e6, to: 1) == 298)
    average = try AverageMagnitude(terms: terms(1))
    geometric = try AverageLogMagnitude(terms: terms(1))
    #expect(minibatches(&average, from: 1, to: 1e6) == 69)
    #expect(minibatches(&geometric, from: 1, to: 1e6) == 298)
  }

  /// How many minibatches it takes until the weight is within a factor of two of the right one.
  private func minibatches(
    _ balancer: inout any LossBalancer, from before: Double, to after: Double
  ) -> Int {
    _ = balancer.run(Array(repeating: .init([before]), count: 4000))
    let weights = balancer.run(Array(repeating: .init([after]), count: 2000))
    let place = weights.firstIndex { (0.5...2).contains($0[0] * after) }
    return (place ?? -2) + 1
  }

  @Test func `terms are anchored to the policy`() throws {
    let terms = Array(policyTerms().prefix(2))
    var balancer = try AnchoredMagnitude(terms: terms, decay: 0.9)
    let stream = [100.0, 50, 25].map { LossMeasurement([0, $0], magnitudes: [0.8, $0]) }
    #expect(agree(balancer.run(stream), [[1, 0.004], [1, 0.00542857], [1, 0.00717881]]))
  }

  @Test func `the batch of the worked example`() throws {
    let batch = LossMeasurement([0, 0.75, -0.6], magnitudes: [1.5, 0.75, 0.6])
    var balancer = try AnchoredMagnitude(terms: policyTerms())
    #expect(agree(balancer.weights(for: batch), [1, 1, 0.025]))
    var logarithm = try LogNormalization(terms: policyTerms())
    #expect(agree(logarithm.weights(for: batch), [0.66666667, 0.66666667, 0.01666667]))
  }

  @Test(arguments: ["log", "ema-magnitude", "log-ema-magnitude", "anchored-magnitude"])
  func `an entropy that crosses zero does not blow up its weight`(name: String) throws {
    var balancer = try BalancerRegistry.make(name, terms: policyTerms())
    let stream = (0...40).map { step in
      let entropy = 1 - Double(step) / 20
      return LossMeasurement([0, 1, -entropy], magnitudes: [0.8, 1, abs(entropy)])
    }
    #expect(balancer.run(stream).allSatisfy { $0[2] <= 0.025 })
  }

  @Test func `a term that is zero at first has no scale yet`() throws {
    var anchored = try AnchoredMagnitude(terms: Array(policyTerms().prefix(2)), decay: 0)
    let stream = [[0, 1e5], [2, 1e5]].map { LossMeasurement([0, $0[1]], magnitudes: $0) }
    #expect(anchored.run(stream) == [[1, 0.5], [1, 1e-5]])
    var geometric = try AverageLogMagnitude(terms: terms(1))
    #expect(agree(geometric.run([.init([0]), .init([4])]), [[1], [0.25]], within: 1e-15))
  }

  @Test func `a ratio beyond its limit is held and reported`() throws {
    let terms = Array(policyTerms().prefix(2))
    var balancer = try AnchoredMagnitude(terms: terms, ratioLimit: 100)
    let weights = balancer.run([.init([0, 1e5], magnitudes: [1, 1e5])])
    #expect(weights == [[1, 0.005]])
    #expect(balancer.isClamped(at: 1) && !balancer.isClamped(at: 0))
  }

  @Test func `a ratio changes by no more than its step`() throws {
    var balancer = try AnchoredMagnitude(
      terms: Array(policyTerms().prefix(2)), decay: 0, stepLimit: 2)
    let stream = [1.0, 1e6, 1e6, 1e-6].map { LossMeasurement([0, $0], magnitudes: [1, $0]) }
    #expect(balancer.run(stream) == [[1, 0.5], [1, 0.25], [1, 0.125], [1, 0.25]])
  }

  @Test func `the geometric mean is descended`() throws {
    var balancer = try GeometricLoss(terms: terms(1, 1))
    let weights = balancer.run(Self.stream)
    #expect(agree(weights, [[2.5, 0.1], [2.5, 0.1], [0.88388348, 0.28284271]]))
    // Each term contributes the same part of the geometric mean.
    let losses = zip(weights, Self.stream).map { dot($0, $1.values) }
    #expect(agree(losses, [20, 10, 14.14213562]))
  }

  @Test func `random weights add up to one and do not depend on the losses`() {
    var balancer = RandomWeighting(terms: terms(1, 1, 0))
    let stream = Array(repeating: LossMeasurement([1, 2, 3]), count: 2000)
    let weights = balancer.run(stream, seed: 9)
    #expect(weights.allSatisfy { abs($0[0] + $0[1] - 1) < 1e-12 && $0[2] == 0 })
    // The difference of the logits of two standard normal numbers has variance 2.
    let logits = weights.map { logarithm($0[0] / $0[1]) }
    #expect(abs(logits.reduce(0, +) / 2000) < 0.15)
    #expect(abs(dot(logits, logits) / 2000 - 2) < 0.25)
    #expect(balancer.run(stream, seed: 9) == weights)
    #expect(balancer.run(stream, seed: 10) != weights)
  }
}
