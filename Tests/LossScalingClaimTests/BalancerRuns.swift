import LossBalancing
import RandomStreams
import Testing

/// The weights of a minibatch of which values, and if they differ magnitudes, are known.
func weights(
  _ balancer: inout some LossBalancer, values: [Double], magnitudes: [Double]? = nil
) -> [Double] {
  var measurement = LossMeasurement(count: values.count)
  measurement.values = values
  measurement.magnitudes = magnitudes ?? values.map { abs($0) }
  return weights(&balancer, for: measurement)
}

/// The weights of a minibatch whose gradients are orthogonal and have these lengths.
func weights(_ balancer: inout some LossBalancer, norms: [Double]) -> [Double] {
  var measurement = LossMeasurement(count: norms.count)
  for (index, norm) in norms.enumerated() {
    measurement.gramian[index * norms.count + index] = norm * norm
  }
  return weights(&balancer, for: measurement)
}

/// The weights of a minibatch.
func weights(_ balancer: inout some LossBalancer, for measurement: LossMeasurement) -> [Double] {
  var weights = Array(repeating: 0.0, count: balancer.terms.count)
  var generator: any RandomNumberGenerator = RandomStream(seed: 1, purpose: .balancing, index: 0)
  do throws(BalancerError) {
    try balancer.updateWeights(&weights, from: measurement, using: &generator)
    return weights
  } catch {
    Issue.record(error)
    return weights.map { _ in .nan }
  }
}

/// Terms that are never negative.
func terms(_ priorities: Double...) -> [LossTerm] {
  priorities.enumerated().map {
    LossTerm(name: "loss \($0 + 1)", kind: .nonNegative, priority: $1)
  }
}

/// The terms of PPO.
let policyTerms = [
  LossTerm(name: "policy", kind: .signed),
  LossTerm(name: "value", kind: .nonNegative, priority: 0.5),
  LossTerm(name: "entropy", kind: .bonus, priority: 0.01),
]

extension [Double] {
  /// The middle of the sorted numbers.
  var median: Double { sorted()[count / 2] }
}
