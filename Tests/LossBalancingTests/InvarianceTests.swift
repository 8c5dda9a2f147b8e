import LossBalancing
import Testing

@Suite struct InvarianceTests {
  static let directions = Array(BalancerRegistry.standard.names.suffix(11))
  static let sound = BalancerRegistry.standard.names.filter { $0 != "gradnorm-published" }

  @Test(arguments: BalancerRegistry.standard.names)
  func `weights are finite at every scale`(name: String) throws {
    let scales: [Double] = [0, 1e-10, 1e3, 1e5, 1e10, 1e15]
    var generator = SplitMix(seed: 21)
    for first in scales {
      for second in scales {
        var balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5, 0.01))
        let rows = randomRows(3, width: 4, using: &generator)
        let scaled = zip(rows, [first, second, 1]).map { row, scale in row.map { $0 * scale } }
        var measurement = LossMeasurement(rows: scaled)
        measurement.values = [first, second, 1]
        measurement.magnitudes = measurement.values
        let weights = balancer.run(Array(repeating: measurement, count: 4))
        #expect(weights.allSatisfy { $0.allSatisfy { $0.isFinite } }, "\(first) \(second)")
        #expect(name == "imtl-g" || weights[0].contains { $0 != 0 })
      }
    }
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `terms of priority 0 get no weight and have no influence`(name: String) throws {
    let stream = randomStream(count: 12, terms: 3)
    var without = try BalancerRegistry.make(name, terms: terms(1, 0.5))
    var with = try BalancerRegistry.make(name, terms: terms(1, 0, 0.5))
    let small = stream.map { $0.restricted(to: [0, 2]) }
    for (expected, found) in zip(without.run(small), with.run(stream)) {
      #expect(found[1] == 0)
      #expect(agree([found[0], found[2]], expected, within: 1e-9))
    }
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `weights do not depend on the order of the terms`(name: String) throws {
    if ["random", "pcgrad", "gradvac"].contains(name) { return }
    let order = [2, 0, 1]
    let priorities = [1, 0.5, 0.2]
    let stream = randomStream(count: 12, terms: 3)
    var original = try BalancerRegistry.make(name, terms: terms(priorities))
    var permuted = try BalancerRegistry.make(name, terms: terms(order.map { priorities[$0] }))
    // Where the first term is the anchor, it has to be the same one.
    if ["anchored", "vqgan", "learning"].contains(where: name.hasPrefix) { return }
    let expected = original.run(stream).map { weights in order.map { weights[$0] } }
    #expect(agree(permuted.run(stream.map { $0.restricted(to: order) }), expected, within: 1e-9))
  }

  @Test(arguments: BalancerRegistry.standard.names)
  func `a number that is not finite changes nothing`(name: String) throws {
    let stream = randomStream(count: 6, terms: 3)
    var plain = try BalancerRegistry.make(name, terms: terms(1, 0.5, 0))
    var disturbed = plain
    if name == "fixed" || name == "random" { return }
    for spoil in [Spoil.value, .magnitude, .gramian] {
      var weights = [0.0, 0, 0]
      var generator: any RandomNumberGenerator = SplitMix(seed: 1)
      let expected = plain.run(stream)
      for (measurement, expected) in zip(stream, expected) {
        try disturbed.updateWeights(&weights, from: measurement, using: &generator)
        #expect(weights == expected)
        guard spoil.level <= disturbed.requiredInformation else { continue }
        try disturbed.updateWeights(&weights, from: spoil(measurement, at: 1), using: &generator)
        #expect(weights == expected)
      }
    }
  }

  @Test func `a term of priority 0 may be anything`() throws {
    let stream = randomStream(count: 3, terms: 2).map { Spoil.value($0, at: 1) }
    var balancer = try LogNormalization(terms: terms(1, 0))
    #expect(balancer.run(stream) == stream.map { [1 / $0.magnitudes[0], 0] })
  }

  @Test(arguments: ["running-max", "log", "ema-magnitude"])
  func `a power of two on one loss is taken out exactly`(name: String) throws {
    for exponent in [-40, -1, 3, 60] {
      let scale = Double(sign: .plus, exponent: exponent, significand: 1)
      let stream = randomStream(count: 10, terms: 2)
      var plain = try BalancerRegistry.make(name, terms: terms(1, 0.5))
      var scaled = plain
      let expected = plain.run(stream).map { [$0[0] / scale, $0[1]] }
      #expect(scaled.run(stream.map { $0.scaled(by: [scale, 1]) }) == expected)
    }
  }

  @Test(arguments: ["log-ema-magnitude", "encodec", "nash-mtl", "anchored-norm", "uncertainty"])
  func `the update does not depend on the scale of a loss`(name: String) throws {
    let stream = randomStream(count: 10, terms: 3)
    var plain = try BalancerRegistry.make(name, terms: terms(1, 0.5, 2))
    var scaled = plain
    let expected = plain.run(stream).map { [$0[0], $0[1] / 1e4, $0[2] / 1e-3] }
    let found = scaled.run(stream.map { $0.scaled(by: [1, 1e4, 1e-3]) })
    for (found, expected) in zip(found, expected) {
      #expect(zip(found, expected).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
    }
  }

  @Test(arguments: ["imtl-g", "conflict-free", "norm-balance", "famo", "geometric"])
  func `the direction does not depend on the scale of a loss`(name: String) throws {
    let stream = randomStream(count: 1, terms: 3)
    var plain = try BalancerRegistry.make(name, terms: terms(1, 1, 1))
    if name == "norm-balance" {
      plain = try NormBalance(terms: terms(1, 1, 1), keep: 0, interval: 1)
    }
    var scaled = plain
    let expected = plain.run(stream)[0]
    let found = scaled.run(stream.map { $0.scaled(by: [1, 10, 0.1]) })[0]
    let ratios = [found[0] / expected[0], found[1] * 10 / expected[1], found[2] / 10 / expected[2]]
    #expect(agree(ratios.map { $0 / ratios[0] }, [1, 1, 1], within: 1e-6))
  }

  @Test(arguments: ["fixed", "pcgrad", "upgrad", "conflict-free"])
  func `the update is linear in the scales of the rows`(name: String) throws {
    var generator = SplitMix(seed: 31)
    let rows = randomRows(3, width: 4, using: &generator)
    func result(_ scales: [Double]) throws -> [Double] {
      var balancer = try BalancerRegistry.make(name, terms: terms(1, 1, 1))
      let scaled = zip(rows, scales).map { row, scale in row.map { $0 * scale } }
      return update(balancer.weights(for: .init(rows: scaled)), scaled)
    }
    let sum = zip(try result([1, 2, 3]), try result([5, 0.1, 1])).map { $0 + $1 }
    #expect(agree(try result([6, 2.1, 4]), sum, within: 1e-9))
  }

  @Test(arguments: [
    "mgda", "upgrad", "dual-proj", "nash-mtl", "fairgrad", "conflict-free", "cagrad",
  ])
  func `no term gets worse`(name: String) throws {
    var generator = SplitMix(seed: 41)
    for _ in 0..<200 {
      let rows = randomRows(3, width: 4, using: &generator)
      var balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5, 2))
      if name == "cagrad" { balancer = try CAGrad(terms: terms(1, 0.5, 2), radius: 1) }
      let found = update(balancer.weights(for: .init(rows: rows)), rows)
      #expect(rows.allSatisfy { dot($0, found) >= -1e-7 * norm(found) })
    }
  }

  @Test(arguments: ["pcgrad", "gradvac", "upgrad", "dual-proj"])
  func `without conflicts the weights are the priorities`(name: String) throws {
    let rows: [[Double]] = [[1, 0, 0], [1, 4, 0], [0, 0, 0.1]]
    var balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5, 0.01))
    #expect(agree(balancer.weights(for: .init(rows: rows)), [1, 0.5, 0.01], within: 1e-12))
  }

  @Test(arguments: ["mgda", "upgrad", "dual-proj"])
  func `where all terms cannot be improved the update is zero`(name: String) throws {
    let rows: [[Double]] = [[1, 2], [-3, -6]]
    var balancer = try BalancerRegistry.make(name, terms: terms(1, 1))
    #expect(norm(update(balancer.weights(for: .init(rows: rows)), rows)) < 1e-6)
  }

  @Test func `projections on unit gradients are equal`() throws {
    var generator = SplitMix(seed: 51)
    var balancer = ImpartialGradients(terms: terms(1, 1, 2))
    for _ in 0..<50 {
      let rows = randomRows(3, width: 4, using: &generator)
      let found = update(balancer.weights(for: .init(rows: rows)), rows)
      let projections = rows.map { dot($0, found) / norm($0) }
      #expect(agree(projections.map { $0 / projections[0] }, [1, 1, 2], within: 1e-6))
    }
  }
}

/// Makes a number of a measurement not finite.
enum Spoil {
  case value
  case magnitude
  case gramian

  var level: RequiredInformation {
    switch self {
    case .value: .values
    case .magnitude: .magnitudes
    case .gramian: .featureGradients
    }
  }

  func callAsFunction(_ measurement: LossMeasurement, at index: Int) -> LossMeasurement {
    var spoilt = measurement
    switch self {
    case .value: spoilt.values[index] = .nan
    case .magnitude: spoilt.magnitudes[index] = .infinity
    case .gramian: spoilt.gramian[index * spoilt.count + index] = .nan
    }
    return spoilt
  }
}

extension LossMeasurement {
  /// The measurement of some of the terms, in the given order.
  func restricted(to indices: [Int]) -> LossMeasurement {
    var restricted = LossMeasurement(count: indices.count)
    restricted.step = step
    restricted.values = indices.map { values[$0] }
    restricted.magnitudes = indices.map { magnitudes[$0] }
    restricted.gramian = indices.flatMap { row in indices.map { gramian[row * count + $0] } }
    return restricted
  }

  /// The measurement of the terms times factors.
  func scaled(by factors: [Double]) -> LossMeasurement {
    var scaled = self
    for row in factors.indices {
      scaled.values[row] *= factors[row]
      scaled.magnitudes[row] *= factors[row]
      for column in factors.indices {
        scaled.gramian[row * count + column] *= factors[row] * factors[column]
      }
    }
    return scaled
  }
}
