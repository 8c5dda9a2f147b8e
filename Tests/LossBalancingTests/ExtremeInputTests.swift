import LossBalancing
import Testing

/// What minibatches can look like at their worst, for every method that can be made by name.
@Suite struct ExtremeInputTests {
  /// Gradients of two terms, with what they are.
  static let geometries: [(name: String, rows: [[Double]])] = [
    ("equal", [[1, 2], [1, 2]]),
    ("parallel", [[1, 2], [1e6, 2e6]]),
    ("opposite", [[1, 2], [-1, -2]]),
    ("opposite, of other lengths", [[1, 2], [-1e4, -2e4]]),
    ("nearly opposite", [[1, 2], [-1, -2 + 1e-9]]),
    ("orthogonal", [[1, 0], [0, 1e-8]]),
    ("one of zero", [[1, 2], [0, 0]]),
    ("all of zero", [[0, 0], [0, 0]]),
    ("tiny", [[1e-120, 0], [1e-120, 1e-120]]),
    ("huge", [[1e120, 0], [-1e120, 1e120]]),
  ]

  @Test(arguments: BalancerRegistry.standard.names)
  func `weights are finite whatever the gradients`(name: String) throws {
    for (kind, rows) in Self.geometries {
      var balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5))
      let found = balancer.run(Array(repeating: LossMeasurement(rows: rows), count: 5))
      #expect(found.allSatisfy { $0.allSatisfy(\.isFinite) }, "\(kind): \(found)")
    }
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `weights fit single precision whatever gradients of single precision are`(
    name: String
  ) throws {
    // The smallest gradient that there is, such as of a policy that has settled on one action, beside
    // the value loss of rewards in the millions.
    let lengths = [Double(Float.leastNonzeroMagnitude), 1e-40, 1e-20, 1, 1e6, 1e19]
    let kinds = [policyTerms(), terms(1, 0.5, 0.01)]
    for terms in kinds {
      for (first, second) in lengths.flatMap({ one in lengths.map { (one, $0) } }) {
        for cosine in [-0.9, 0, 0.9] {
          guard var balancer = try? BalancerRegistry.make(name, terms: terms) else { continue }
          var measurement = LossMeasurement(
            rows: [[first, 0, 0], [cosine * second, second, 0], [0, cosine, 1]])
          measurement.values = [first, second, 1]
          measurement.magnitudes = measurement.values
          measurement.largestEntries = [first, second, 1]
          measurement.meanEntries = [first, second, 1]
          let found = balancer.run(Array(repeating: measurement, count: 12))
          #expect(
            found.allSatisfy { $0.allSatisfy { abs($0) <= 0x1p100 } },
            "\(first), \(second), \(cosine): \(found.last ?? [])")
        }
      }
    }
  }

  @Test func `a limited weight counts as clamped, and a larger priority stays`() throws {
    let measurement = LossMeasurement([1, 1], norms: [1, 1e-40])
    var balancer: any LossBalancer = try NashMTL(terms: terms(1, 1))
    let weights = balancer.weights(for: measurement)
    #expect(weights[1] == 0x1p100)
    var report = BalanceReport(terms: balancer.terms)
    report.record(weights, chosenBy: balancer, from: measurement, measured: .gramian)
    #expect(report.clampCounts == [0, 1])
    var fixed = try BalancerRegistry.make("fixed", terms: terms(1, 1e35))
    #expect(fixed.weights(for: measurement) == [1, 1e35])
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `weights are finite whatever the losses`(name: String) throws {
    let extremes = [0, .leastNonzeroMagnitude, 1e-300, 1e-30, 1, 1e30, 1e150]
    for first in extremes {
      for second in extremes {
        var balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5))
        let stream = [[first, 1], [second, 1], [first, second], [1, 1]].map {
          LossMeasurement($0, norms: [1, 2])
        }
        let found = balancer.run(stream)
        #expect(
          found.allSatisfy { $0.allSatisfy(\.isFinite) }, "\(first), \(second): \(found)")
      }
    }
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `a single term keeps a positive weight`(name: String) throws {
    var balancer = try BalancerRegistry.make(name, terms: terms(0.5))
    for weights in balancer.run(
      [[2, 3], [0.1, 40], [5, 0.2]].map { .init([$0[0]], norms: [$0[1]]) })
    {
      #expect(weights[0] > 0 && weights[0].isFinite)
    }
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `one loss that is not a number leaves the weights and is forgotten`(name: String) throws {
    var balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5))
    var undisturbed = balancer
    let good = LossMeasurement([2, 3], norms: [1, 4])
    let bad = LossMeasurement([2, .nan], norms: [1, 4])
    let found = balancer.run([good, bad, good])
    if name == "random" { return }
    // A balancer that asks for nothing more does not see the number.
    #expect(found[1] == found[0] || name == "norm-balance")
    #expect(found[2] == undisturbed.run([good, good])[1] || name == "norm-balance")
    #expect(found.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `PPO's terms are balanced, or refused in words that name one`(name: String) throws {
    switch make(name) {
    case .success(var balancer):
      // A surrogate of exactly zero, a value loss of 1e9, an entropy that has turned negative.
      let values = [[0, 1e9, -0.7], [-1e-9, 1e9, 0.1], [1e-9, 2, 0.4]]
      let stream = values.map {
        LossMeasurement($0, magnitudes: [0.8, $0[1], 0.5], norms: [1, 1e4, 0.1])
      }
      let found = balancer.run(stream)
      #expect(found.allSatisfy { $0.allSatisfy(\.isFinite) }, "\(found)")
    case .failure(.unsound(let balancer, let term, _, let instead)):
      #expect(balancer == name && term == "policy" && !instead.isEmpty)
    case .failure(let error):
      Issue.record(error)
    }
  }

  private func make(_ name: String) -> Result<any LossBalancer, BalancerError> {
    Result { () throws(BalancerError) in
      try BalancerRegistry.make(name, terms: policyTerms())
    }
  }
}
