import LossBalancing
import Testing

@Suite struct CodableTests {
  @Test(arguments: BalancerRegistry.standard.names)
  func `a stored balancer continues as if it had not been stored`(name: String) throws {
    let terms = terms(1, 0.5, 0, 0.01)
    let stream = randomStream(count: 20, terms: terms.count)
    var whole = try BalancerRegistry.make(name, terms: terms)
    var first = try BalancerRegistry.make(name, terms: terms)
    let expected = whole.run(stream)
    var weights = Array(repeating: 0.0, count: terms.count)
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    for (index, measurement) in stream.enumerated() {
      if index % 7 == 3 { first = try stored(first) }
      first.updateWeights(&weights, from: measurement, using: &generator)
      #expect(weights == expected[index])
    }
  }
}

/// Measurements of random gradients and positive values.
func randomStream(count: Int, terms: Int, seed: UInt64 = 3) -> [LossMeasurement] {
  var generator = SplitMix(seed: seed)
  return (0..<count).map { step in
    let rows = (0..<terms).map { _ in
      (0..<6).map { _ in Double.random(in: -1...1, using: &generator) }
    }
    var measurement = LossMeasurement(rows: rows)
    measurement.step = step
    measurement.values = (0..<terms).map { _ in Double.random(in: 0.1...3, using: &generator) }
    measurement.magnitudes = measurement.values
    return measurement
  }
}
