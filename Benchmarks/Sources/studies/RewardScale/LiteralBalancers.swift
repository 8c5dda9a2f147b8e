import LossBalancing

// The formulas of the forum answers word for word. The library refuses them for PPO's policy term,
// whose value is near zero on a minibatch of normalised advantages; here they are, to see why.

/// `wᵢ = γᵢ / max(Lᵢ so far)`, of the losses' values with their sign.
struct LiteralRunningMaximum: RegisteredBalancer {
  static let description = BalancerDescription(
    name: "running-max-literal", summary: "each term divided by the largest value that it has had",
    source: "forum answer to “Normalization of losses with different scales”")

  var terms: [LossTerm]
  private var maxima: [Double] = []

  init(terms: [LossTerm]) { self.terms = terms }

  var requiredInformation: RequiredInformation { .values }

  mutating func chooseWeights(
    _ weights: inout [Double], from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    if maxima.isEmpty { maxima = measurement.values }
    for index in terms.indices {
      maxima[index] = max(maxima[index], measurement.values[index])
      weights[index] = terms[index].priority / max(maxima[index], leastDivisor)
    }
  }
}

/// `wᵢ = γᵢ / |Lᵢ|`, of the losses' values.
struct LiteralLogarithm: RegisteredBalancer {
  static let description = BalancerDescription(
    name: "log-literal", summary: "each term divided by its present value",
    source: "forum idea “Loss normalization”")

  var terms: [LossTerm]

  init(terms: [LossTerm]) { self.terms = terms }

  var requiredInformation: RequiredInformation { .values }

  mutating func chooseWeights(
    _ weights: inout [Double], from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices {
      weights[index] = terms[index].priority / max(abs(measurement.values[index]), leastDivisor)
    }
  }
}

/// Keeps weights finite where a value is exactly 0.
private let leastDivisor = 1e-8

extension BalancerRegistry {
  /// The balancers of the library and the literal formulas.
  static let withLiteralFormulas =
    standard.adding(LiteralRunningMaximum.self).adding(LiteralLogarithm.self)
}
