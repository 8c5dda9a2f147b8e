import Foundation
import LossBalancing
import Testing

@Suite struct CodableTests {
  static let modified = [
    "anchored:norm-balance", "clamped:log", "every-3:gradnorm", "frozen:ema-magnitude",
    "row-normalized:upgrad", "every-2:frozen:anchored:mgda", "frozen:famo",
  ]

  @Test(arguments: BalancerRegistry.standard.names + modified)
  func `a stored balancer continues as if it had not been stored`(name: String) throws {
    let terms = terms(1, 0.5, 0, 0.01)
    let stream = randomStream(count: 21, terms: terms.count)
    let whole = try BalancerRegistry.make(name, terms: terms)
    let expected = try run(whole, on: stream) { $0 }
    let found = try run(whole, on: stream, storing: stored)
    #expect(found == expected)
    #expect(Set(expected).count > 1 || name == "fixed" || name.hasSuffix("norm-balance"))
  }

  @Test func `a memory of gradients is stored too`() throws {
    let terms = terms(1, 0.5)
    func updates(storing: (any LossBalancer) throws -> any LossBalancer) throws -> [[Float]] {
      var generator: any RandomNumberGenerator = SplitMix(seed: 5)
      var balancer = try BalancerRegistry.make("db-mtl", terms: terms)
      return try (0..<6).map { _ in
        balancer = try storing(balancer)
        let gradients = (0..<6).map { _ in Float.random(in: -1...1, using: &generator) }
        return balancer.update(for: LossMeasurement([2, 3]), gradients: gradients)
      }
    }
    let expected = try updates { $0 }
    #expect(try updates(storing: stored) == expected)
  }

  @Test(arguments: [
    ("running-max", "[0,0]", "[0]"), ("gradnorm", "\"rate\":0.1", "\"rate\":-1"),
    ("ema-magnitude", "[0,0]", "[0,0,0]"), ("famo", "\"before\":[]", "\"before\":[1]"),
    ("uncertainty", "\"priority\":0.5", "\"priority\":-0.5"), ("gradvac", "[0,0,0,0]", "[]"),
    ("norm-balance", "\"interval\":1000", "\"interval\":0"),
    ("fixed", "\"name\":\"fixed\"", "\"name\":\"fixe\""),
    ("every-3:log", "\"minibatchesToNext\":0", "\"minibatchesToNext\":3"),
    ("every-3:log", "[0,0]", "[0]"),
    ("uncertainty", "\"kind\":\"nonNegative\"", "\"kind\":\"signed\""),
  ])
  func `a damaged state is refused`(name: String, original: String, damage: String) throws {
    let balancer = try BalancerRegistry.make(name, terms: terms(1, 0.5))
    let text = String(decoding: try JSONEncoder().encode(StoredBalancer(balancer)), as: UTF8.self)
    let damaged = text.replacing(original, with: damage)
    #expect(damaged != text, "\(text)")
    #expect(throws: BalancerError.self) {
      try JSONDecoder().decode(StoredBalancer.self, from: Data(damaged.utf8))
    }
  }

  /// What version 0.9 did not write: where it is inside the state, and its name.
  @Test(arguments: [
    ("learning-rate-annealing", nil, "ratios"), ("norm-balance", nil, "ratios"),
    ("db-mtl", nil, "lengths"), ("log-ema-magnitude", nil, "smallRuns"),
    ("uncertainty", "logarithms", "jumped"), ("imtl-l", "logarithms", "jumped"),
    ("relobralo", nil, "trial"),
  ])
  func `a state of version 0.9 is read`(name: String, place: String?, key: String) throws {
    let terms = terms(1, 0.5)
    var balancer = try BalancerRegistry.make(name, terms: terms)
    let stream = randomStream(count: 30, terms: 2)
    _ = balancer.run(Array(stream.prefix(15)))
    let data = try JSONEncoder().encode(StoredBalancer(balancer))
    var content = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    var state = try #require(content["state"] as? [String: Any])
    if let place {
      var inner = try #require(state[place] as? [String: Any])
      #expect(inner.removeValue(forKey: key) != nil)
      state[place] = inner
    } else {
      #expect(state.removeValue(forKey: key) != nil)
    }
    content["state"] = state
    let old = try JSONSerialization.data(withJSONObject: content)
    var read = try JSONDecoder().decode(StoredBalancer.self, from: old).balancer
    #expect(read.run(stream).allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func `a state that is not finite is refused`() throws {
    let balancer = try RunningMaximum(terms: terms(1, 0.5))
    let text = String(decoding: try JSONEncoder().encode(StoredBalancer(balancer)), as: UTF8.self)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    for number in ["nan", "inf"] {
      let damaged = text.replacing("[0,0]", with: "[0,\"\(number)\"]")
      #expect(throws: BalancerError.self) {
        try decoder.decode(StoredBalancer.self, from: Data(damaged.utf8))
      }
    }
  }

  /// The weights of a run with phases of five minibatches, in which the balancer is stored now and
  /// then.
  private func run(
    _ balancer: any LossBalancer, on stream: [LossMeasurement],
    storing: (any LossBalancer) throws -> any LossBalancer
  ) throws -> [[Double]] {
    var balancer = balancer
    var weights = Array(repeating: 0.0, count: balancer.terms.count)
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    return try stream.indices.dropLast().map { index in
      if index % 3 == 2 { balancer = try storing(balancer) }
      if index % 5 == 0 { balancer.beginPhase() }
      try balancer.updateWeights(&weights, from: stream[index], using: &generator)
      if index % 4 == 1 { balancer = try storing(balancer) }
      if balancer.needsPostStepValues { balancer.observeStep(stream[index + 1]) }
      return weights
    }
  }
}

extension LossBalancer {
  /// The update of one minibatch, for a balancer that combines gradients.
  mutating func update(for measurement: LossMeasurement, gradients: [Float]) -> [Float] {
    var weights = Array(repeating: 0.0, count: terms.count)
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    var measurement = measurement
    var update = Array(repeating: Float.nan, count: gradients.count / terms.count)
    measurement.measureGradients(gradients.span)
    var span = update.mutableSpan
    do throws(BalancerError) {
      try updateWeights(
        &weights, from: measurement, combining: gradients.span, into: &span, using: &generator)
    } catch {
      Issue.record(error)
    }
    return update
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
