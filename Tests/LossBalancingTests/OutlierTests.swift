import LossBalancing
import Testing

/// One measurement that is wrong by many orders of magnitude must not decide the minibatches after it.
@Suite struct OutlierTests {
  static let places = [0, 1, 2, 5, 60]
  static let tinies = [1e-12, 1e-6, 1e-3, 1e12, 0]

  /// The last eleven keep nothing of a minibatch but angles.
  static let remembering = BalancerRegistry.standard.names.dropLast(11)

  @Test(arguments: remembering, places)
  func `one gradient of another size is forgotten`(name: String, place: Int) throws {
    for size in Self.tinies where !(name == "db-mtl" && size == 0) {
      for reference in [0, 1] {
        // The averages of these two follow an explosion, and say so.
        if ["anchored-norm", "encodec", "gradnorm-published"].contains(name) && size > 1 {
          continue
        }
        var balancer = try BalancerRegistry.make(name, terms: terms(1, 1))
        var stream = Array(repeating: gradients([1, 1]), count: 150)
        stream[place] = gradients(reference == 0 ? [size, 1] : [1, size])
        let found = balancer.run(stream)
        if name == "random" { continue }
        let ordinary = found.dropFirst(place + 3)
        let ratios = ordinary.map { $0[1] / $0[0] }
        #expect(
          ratios.allSatisfy { (0.3...3.1).contains($0) },
          "\(size) of \(reference): \(ratios.prefix(3)) \(ratios.max() ?? 0)")
      }
    }
  }

  @Test func `an accident is reported, and the next ratios are not`() throws {
    for name in ["learning-rate-annealing", "norm-balance", "db-mtl"] {
      var balancer = try BalancerRegistry.make(name, terms: terms(1, 1))
      if name == "norm-balance" { balancer = try NormBalance(terms: terms(1, 1), interval: 1) }
      _ = balancer.run(Array(repeating: gradients([1, 1]), count: 20))
      #expect(!balancer.isClamped(at: 1), "\(name)")
      let accident =
        name == "db-mtl" ? gradients([1, 1], values: [1, 1e-9]) : gradients([1, 1e-12])
      _ = balancer.weights(for: accident)
      #expect(balancer.isClamped(at: 1), "\(name)")
      _ = balancer.weights(for: gradients([1, 1]))
      #expect(!balancer.isClamped(at: 1), "\(name)")
    }
  }

  @Test(arguments: [LearningRateAnnealing.Comparison.largestWithMean, .means, .norms])
  func `each comparison of learning-rate annealing is robust`(
    comparison: LearningRateAnnealing.Comparison
  ) throws {
    var balancer = try LearningRateAnnealing(terms: terms(1, 1), comparison: comparison)
    var stream = Array(repeating: gradients([1, 1]), count: 100)
    stream[50] = gradients([1, 1e-12])
    let weights = balancer.run(stream).map { $0[1] }
    #expect(weights[51...].allSatisfy { $0 < 1.2 * weights[49] })
  }

  @Test func `a ratio that stays is followed`() throws {
    for ratio in [1e-5, 1e5] {
      var balancer = try LearningRateAnnealing(terms: terms(1, 1))
      _ = balancer.run(Array(repeating: gradients([1, 1]), count: 50))
      let found = balancer.run(Array(repeating: gradients([ratio, 1]), count: 200))
      #expect(abs(found[199][1] / ratio - 1) < 1e-3)
    }
  }

  @Test func `norm balance does not hold one measurement for a thousand minibatches`() throws {
    var balancer = try NormBalance(terms: terms(1, 1))
    let stream = [gradients([1, 1e-12])] + Array(repeating: gradients([1, 1]), count: 20)
    let found = balancer.run(stream)
    #expect(found[1...].allSatisfy { $0[1] <= 2 })
    #expect(balancer.requiredInformation == .nothing)
  }

  @Test(arguments: [0.12, 1, 1.5, 3])
  func `a small first loss does not switch the other terms off`(asymmetry: Double) throws {
    for count in [2, 3] {
      for (first, duration) in [(1e-12, 1), (1e-12, 2), (1e-4, 1), (1e-12, 40), (1e12, 1), (0, 1)] {
        let terms = terms(Array(repeating: 1, count: count))
        var gradNorm = try GradNorm(terms: terms, asymmetry: asymmetry)
        let ones = Array(repeating: 1.0, count: count)
        let stream = (0..<2000).map { step in
          LossMeasurement(
            [step < duration ? first : 1] + ones.dropFirst(), norms: ones)
        }
        let found = gradNorm.run(stream)[1999]
        let least = duration > 10 ? 1e-4 : 0.05
        #expect(found.allSatisfy { $0 > least }, "\(first) \(duration): \(found)")
      }
    }
  }

  @Test(arguments: [1.5, 2])
  func `asymmetry above 1 keeps all weights`(asymmetry: Double) throws {
    var balancer = try GradNorm(terms: terms(1, 1, 1), asymmetry: asymmetry)
    let values = [[1.0, 1, 1]] + Array(repeating: [0.2, 0.2, 2.6], count: 3000)
    let found = balancer.run(values.map { LossMeasurement($0, norms: [1, 1, 1]) })[3000]
    // Each gets of the norms what r^α is of all.
    let powers = [0.2, 0.2, 2.6].map { exponentiated($0, asymmetry) }
    let sum = powers.reduce(0, +)
    #expect(agree(found, powers.map { 3 * $0 / sum }, within: 1e-6), "\(found)")
  }

  @Test(arguments: [0, 1e-9, 1e-6, 1e-12])
  func `a magnitude that is nearly 0 now and then does not decide a geometric average`(
    tiny: Double
  ) throws {
    var generator = SplitMix(seed: 111)
    for part in [0.1, 0.3] {
      var balancer = try AverageLogMagnitude(terms: terms(1))
      let stream = (0..<2000).map { _ in
        LossMeasurement([Double.random(in: 0..<1, using: &generator) < part ? tiny : 1])
      }
      let found = balancer.run(stream).dropFirst(20).map { $0[0] }
      #expect(found.allSatisfy { (0.5...5).contains($0) }, "\(part): \(found.max() ?? 0)")
    }
  }

  @Test(arguments: ["log-ema-magnitude", "uncertainty", "imtl-l", "relobralo", "ema-magnitude"])
  func `a tiny first loss does not multiply the next ones`(name: String) throws {
    for first in [1e-12, 1e-9, 1e-7] {
      var balancer = try BalancerRegistry.make(name, terms: terms(1, 1))
      let stream = (0..<50).map { LossMeasurement([$0 == 0 ? first : 1, 1]) }
      let found = balancer.run(stream)
      #expect(found[1...].allSatisfy { (0.1...10).contains($0[0] / $0[1]) }, "\(found.prefix(3))")
    }
  }

  @Test func `DB-MTL shortens a gradient of a vanishing loss`() throws {
    for place in [0, 1, 30] {
      var balancer = try DBMTL(terms: terms(1, 1))
      for step in 0..<60 {
        let loss = step == place ? 1e-12 : 1
        let found = balancer.update(for: .init([loss, 1]), gradients: [1, 0, 0, 1])
        if step > place + 1 { #expect(norm(found.map(Double.init)) < 20, "\(place), \(step)") }
      }
    }
  }

  @Test func `dynamic weight average keeps all weights after a small mean`() throws {
    var balancer = try DynamicWeightAverage(terms: terms(1, 1))
    for values in [[1e-12, 1], [1, 1], [1, 1]] {
      balancer.beginPhase()
      let weights = balancer.weights(for: .init(values))
      #expect(weights.allSatisfy { $0 > 1e-3 })
    }
    balancer.beginPhase()
    #expect(agree(balancer.weights(for: .init([1, 1])), [1, 1]))
  }

  private func exponentiated(_ base: Double, _ exponent: Double) -> Double {
    (0..<Int(2 * exponent)).reduce(1) { product, _ in product * base.squareRoot() }
  }

  /// Orthogonal gradients of these lengths, with all that can be measured of them.
  private func gradients(_ norms: [Double], values: [Double]? = nil) -> LossMeasurement {
    var measurement = LossMeasurement(values ?? norms.map { _ in 1 })
    measurement.measureGradients(
      norms.indices.map { row in norms.indices.map { $0 == row ? norms[row] : 0 } })
    return measurement
  }
}
