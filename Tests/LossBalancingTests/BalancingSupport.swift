import Foundation
import LossBalancing
import Testing

// What the tests of balancers share: terms, measurements, runs and a comparison.

/// Terms that are never negative, called a, b, c…
func terms(_ priorities: Double...) -> [LossTerm] {
  terms(priorities)
}

func terms(_ priorities: [Double]) -> [LossTerm] {
  zip("abcdefghijklmnop", priorities).map {
    LossTerm(name: String($0), kind: .nonNegative, priority: $1)
  }
}

/// The terms of PPO.
func policyTerms(
  policy: Double = 1, value: Double = 0.5, entropy: Double = 0.01
) -> [LossTerm] {
  [
    LossTerm(name: "policy", kind: .signed, priority: policy),
    LossTerm(name: "value", kind: .nonNegative, priority: value),
    LossTerm(name: "entropy", kind: .bonus, priority: entropy),
  ]
}

extension LossMeasurement {
  /// Measures values, with their absolute values as magnitudes and orthogonal gradients.
  init(_ values: [Double], magnitudes: [Double]? = nil, norms: [Double]? = nil) {
    self.init(count: values.count)
    self.values = values
    self.magnitudes = magnitudes ?? values.map { abs($0) }
    if norms != nil { gramian = Array(repeating: 0, count: values.count * values.count) }
    for (index, norm) in (norms ?? []).enumerated() {
      gramian[index * values.count + index] = norm * norm
    }
  }

  /// Measures gradients, one row a term, of terms whose values are all 1.
  init(rows: [[Double]]) {
    self.init(Array(repeating: 1, count: rows.count))
    for row in rows.indices {
      for column in rows.indices {
        gramian[row * rows.count + column] = zip(rows[row], rows[column]).reduce(0) {
          $0 + $1.0 * $1.1
        }
      }
    }
  }
}

extension LossBalancer {
  /// The weights of one minibatch.
  ///
  /// What the balancer refuses makes them NaN, which no test expects.
  mutating func weights(for measurement: LossMeasurement) -> [Double] {
    run([measurement])[0]
  }

  /// The weights of minibatches that follow each other.
  mutating func run(
    _ stream: [LossMeasurement], seed: UInt64 = 1
  ) -> [[Double]] {
    var weights = Array(repeating: 0.0, count: terms.count)
    var generator: any RandomNumberGenerator = SplitMix(seed: seed)
    return stream.map { measurement in
      do throws(BalancerError) {
        try updateWeights(&weights, from: measurement, using: &generator)
        return weights
      } catch {
        Issue.record(error)
        return weights.map { _ in .nan }
      }
    }
  }
}

/// A small generator: Steele, Lea and Flood's SplitMix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// `Σ wᵢ gᵢ`.
func update(_ weights: [Double], _ rows: [[Double]]) -> [Double] {
  rows[0].indices.map { column in
    zip(weights, rows).reduce(0) { $0 + $1.0 * $1.1[column] }
  }
}

func dot(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
}

func norm(_ vector: [Double]) -> Double { dot(vector, vector).squareRoot() }

/// Random gradients, one row a term.
func randomRows(_ count: Int, width: Int, using generator: inout SplitMix) -> [[Double]] {
  (0..<count).map { _ in
    (0..<width).map { _ in Double.random(in: -1...1, using: &generator) }
  }
}

/// Whether two lists agree, with an error relative to the larger of 1 and the expected number.
func agree(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-8) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

func agree(_ found: [[Double]], _ expected: [[Double]], within tolerance: Double = 1e-8) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { agree($0, $1, within: tolerance) }
}

/// Writes a balancer and reads it again.
func stored(_ balancer: any LossBalancer) throws -> any LossBalancer {
  let data = try JSONEncoder().encode(StoredBalancer(balancer))
  return try JSONDecoder().decode(StoredBalancer.self, from: data).balancer
}
