import LossBalancing
import Testing

@testable import struct LossBalancing.RelativeRates

@Suite struct NormTests {
  @Test func `EnCodec's shares on three minibatches`() throws {
    var balancer = try EnCodecBalance(terms: terms(1, 3), decay: 0.9)
    let norms = [[0.8, 0.2], [0.4, 0.4], [1.6, 0.1]]
    let weights = balancer.run(norms.map { LossMeasurement([1, 1], norms: $0) })
    #expect(
      agree(
        weights, [[0.3125, 3.75], [0.42410714, 2.45689655], [0.25977761, 3.26768489]]))
    let lengths = zip(weights, norms).map { zip($0, $1).map { $0 * $1 } }
    #expect(
      agree(lengths, [[0.25, 0.75], [0.16964286, 0.98275862], [0.41564417, 0.32676849]]))
  }

  @Test func `norms in closed form, to their mean and to the largest`() throws {
    for (target, expected) in [(NormBalance.Target.mean, [0.625, 2.5]), (.largest, [1, 4])] {
      var balancer = try NormBalance(terms: terms(1, 1), target: target, keep: 0, interval: 1)
      #expect(agree(balancer.weights(for: GradNormTests.norms), expected))
    }
  }

  @Test func `largest norms on the example matrices`() throws {
    var balancer = try NormBalance(terms: terms(1, 1), target: .largest, keep: 0, interval: 1)
    let weights = balancer.weights(for: .init(rows: DirectionTests.first))
    #expect(agree(weights, [1.45296631, 1]))
    #expect(agree(update(weights, DirectionTests.first), [0.18813474, 2.45296631, 2.45296631]))
    balancer = try NormBalance(terms: terms(1, 1, 1), target: .largest, keep: 0, interval: 1)
    #expect(agree(balancer.weights(for: .init(rows: DirectionTests.second)), [5, 1, 50]))
  }

  @Test func `factors change only when that is due, and only then is something measured`() throws {
    var balancer = try NormBalance(terms: terms(1, 1), keep: 0, interval: 3)
    var levels: [RequiredInformation] = []
    var weights: [[Double]] = []
    for step in 0..<6 {
      levels.append(balancer.requiredInformation)
      let norms = step < 3 ? [0.8, 0.2] : [1.0, 1.0]
      weights.append(balancer.weights(for: .init([1, 1], norms: norms)))
    }
    #expect(levels.map { $0 == .nothing } == [false, true, true, false, true, true])
    #expect(levels[0] == .featureGradients)
    #expect(weights[0] == weights[2] && weights[0] != weights[3])
  }

  @Test func `learning-rate annealing, three ways to compare`() throws {
    let gradients: [Float] = [0.3, -0.6, 0.1, 0.02, -0.01, 0.03]
    var measurement = LossMeasurement([1, 1])
    measurement.measureGradients(gradients.span)
    let stream = Array(repeating: measurement, count: 3)
    var published = try LearningRateAnnealing(terms: terms(1, 1), comparison: .largestWithMean)
    #expect(agree(published.run(stream).map { $0[1] }, [3.9, 6.51, 8.859], within: 1e-6))
    var means = try LearningRateAnnealing(terms: terms(1, 1), comparison: .means, keep: 0)
    #expect(agree(means.run(stream)[0], [1, 16.66666667], within: 1e-6))
    var norms = try LearningRateAnnealing(terms: terms(1, 1), comparison: .norms, keep: 0)
    #expect(agree(norms.run(stream)[0], [1, (0.46 / 0.0014).squareRoot()], within: 1e-6))
    #expect(published.requiredInformation == .gradients)
    #expect(norms.requiredInformation == .featureGradients)
  }

  @Test func `VQGAN's ratio and its limit`() throws {
    let rows = [[0.3, -0.6, 0.1], [0.02, -0.01, 0.03]]
    var balancer = try AdaptiveRatio(terms: terms(1, 1))
    #expect(agree(balancer.weights(for: .init(rows: rows)), [1, 18.07822326]))
    #expect(!balancer.isClamped(at: 1))
    #expect(balancer.weights(for: .init([1, 1], norms: [1e3, 1e-9])) == [1, 1e4])
    #expect(balancer.isClamped(at: 1))
  }

  @Test func `anchored norms are shares of the policy's gradient`() throws {
    var balancer = try AnchoredNorm(terms: policyTerms())
    let norms = [0.3, 1700, 1e-3]
    let weights = balancer.weights(for: .init([0, 9, -0.6], norms: norms))
    #expect(weights[0] == 1)
    #expect(agree(zip(weights, norms).map { $0 * $1 / 0.3 }, [1, 0.5, 0.01]))
  }

  @Test func `a minibatch without a gradient of a term changes nothing about it`() throws {
    let stream = [[2.0, 4, 1], [2, 0, 1]].map { LossMeasurement([1, 1, 1], norms: $0) }
    for name in ["encodec", "anchored-norm", "norm-balance", "learning-rate-annealing"] {
      var balancer = try BalancerRegistry.make(name, terms: terms(1, 1, 1))
      let weights = balancer.run(stream).map { $0[1] }
      #expect(weights[0] == weights[1], "\(name)")
    }
    var balance = try NormBalance(terms: terms(1, 1, 1), keep: 0, interval: 1)
    #expect(agree(balance.weights(for: stream[1]), [0.75, 1, 1.5]))
  }

  @Test(arguments: [
    "gradnorm", "anchored-norm", "encodec", "norm-balance", "learning-rate-annealing", "vqgan",
    "mgda", "upgrad", "dual-proj", "pcgrad",
  ])
  func `a term that never has a gradient does not get a large weight`(name: String) throws {
    var balancer = try BalancerRegistry.make(name, terms: policyTerms())
    let measurement = LossMeasurement([0, 9, -0.6], norms: [0.3, 17, 0])
    let weights = balancer.run(Array(repeating: measurement, count: 2000))
    #expect(weights.allSatisfy { $0[2] > 0 && $0[2] <= 0.01 })
  }

  @Test func `rates are relative to the first minibatch`() {
    // With the first values forgotten, as in one library, the third rates would be (0.92, 1.08).
    var rates = RelativeRates(count: 2)
    let expected = [[1, 1], [0.71428571, 1.28571429], [0.64, 1.36]]
    for (values, expected) in zip([[2.0, 1], [1, 0.9], [0.8, 0.85]], expected) {
      rates.update(with: values, of: terms(1, 1))
      #expect(agree([rates[0], rates[1]], expected))
    }
  }

  @Test func `norms are over all parameters`() {
    var measurement = LossMeasurement(count: 2)
    measurement.measureGradients(([3, 0, 0, 4, 1, 0, 0, 0] as [Float]).span)
    #expect(measurement.gradientNorm(of: 0) == 5)
    #expect(measurement.gramian == [25, 3, 3, 1])
    #expect(measurement.largestEntries == [4, 1])
    #expect(measurement.meanEntries == [1.75, 0.25])
  }

  @Test func `DB-MTL's first update has its full length`() throws {
    var balancer = try DBMTL(terms: terms(1, 1))
    let gradients: [Float] = [-4, 1, 1, 6, 1, 1]
    let found = balancer.update(for: .init([2, 0.5]), gradients: gradients)
    #expect(agree(found.map(Double.init), [0.37626948, 4.90593263, 4.90593263], within: 1e-5))
    // The same gradients again: the average does not change.
    let again = balancer.update(for: .init([2, 0.5]), gradients: gradients)
    #expect(agree(again.map(Double.init), found.map(Double.init), within: 1e-5))
  }

  @Test func `DB-MTL remembers`() throws {
    var balancer = try DBMTL(terms: terms(1), decay: 0.75)
    _ = balancer.update(for: .init([1]), gradients: [1, 0])
    let found = balancer.update(for: .init([1]), gradients: [0, 1])
    // Averages (0.75, 1) / 1.75, for one term at their own length.
    #expect(agree(found.map(Double.init), [0.42857143, 0.57142857], within: 1e-6))
  }

  @Test func `a gradient that is not finite makes an update of zeros`() throws {
    var balancer = try DBMTL(terms: terms(1))
    #expect(balancer.update(for: .init([1]), gradients: [1, .nan]) == [0, 0])
    let found = balancer.update(for: .init([1]), gradients: [1, 2])
    #expect(agree(found.map(Double.init), [1, 2], within: 1e-6))
  }

  @Test func `a balancer of weights combines gradients by them`() throws {
    var balancer = FixedCoefficients(terms: terms(1, 0.5))
    #expect(balancer.update(for: .init([1, 1]), gradients: [1, 2, 4, -8]) == [3, -2])
  }
}
