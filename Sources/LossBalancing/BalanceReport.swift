import Requirements

/// What a balancer did and what it meant for the gradient, for logs and pictures.
///
/// The trainer keeps one report and overwrites it for every minibatch of which it wants to know;
/// nothing is allocated. What was not measured is `nan`, as is a share of a gradient of 0.
public struct BalanceReport: Sendable {
  /// The names of the terms, in the order of all arrays.
  public let names: [String]

  /// The values of the terms, `L`, shape `[K]`.
  public private(set) var values: [Double]

  /// The means of the absolute values of the rows' terms, shape `[K]`.
  public private(set) var magnitudes: [Double]

  /// The weights, `λ`, shape `[K]`.
  public private(set) var weights: [Double]

  /// The norms of the gradients before weighting, `n`, shape `[K]`.
  public private(set) var gradientNorms: [Double]

  /// How long each weighted gradient is, as a part of all: `|λᵢ| nᵢ / Σ |λ| n`, shape `[K]`.
  ///
  /// Not what a term contributes: two long gradients of opposite direction do nothing.
  public private(set) var shares: [Double]

  /// What each term contributes to the gradient `g = Σ λᵢ gᵢ`: `⟨λᵢ gᵢ, g⟩ / ‖g‖²`, shape `[K]`.
  ///
  /// They add up to 1. A negative one belongs to a term that the step makes worse.
  public private(set) var projectionShares: [Double]

  /// The cosines of the angles between gradients, shape `[K, K]`; `nan` for a gradient of 0.
  public private(set) var cosines: [Double]

  /// How often a limit held back the weight of each term, since the report was made.
  public private(set) var clampCounts: [Int]

  /// How often a number of each term was not finite, since the report was made.
  public private(set) var nonFiniteCounts: [Int]

  /// Makes an empty report about `terms`.
  public init(terms: [LossTerm]) {
    names = terms.map(\.name)
    values = Array(repeating: .nan, count: terms.count)
    magnitudes = values
    weights = values
    gradientNorms = values
    shares = values
    projectionShares = values
    cosines = Array(repeating: .nan, count: terms.count * terms.count)
    clampCounts = Array(repeating: 0, count: terms.count)
    nonFiniteCounts = clampCounts
  }

  /// The longest weighted gradient divided by the shortest one that is not 0; `nan` without any.
  public var imbalance: Double {
    var longest = 0.0
    var shortest = Double.infinity
    for share in shares where share > 0 {
      longest = max(longest, share)
      shortest = min(shortest, share)
    }
    return longest == 0 ? .nan : longest / shortest
  }

  /// Writes down a minibatch.
  ///
  /// - Parameters:
  ///   - weights: The weights that were used, shape `[K]`.
  ///   - balancer: The balancer that chose them.
  ///   - measurement: What was measured.
  ///   - level: Up to where `measurement` is valid, which can be more than the balancer needs.
  /// - Precondition: All have as many terms as the report.
  public mutating func record(
    _ weights: [Double],
    chosenBy balancer: any LossBalancer,
    from measurement: LossMeasurement,
    measured level: RequiredInformation
  ) {
    require(
      weights.count == names.count && measurement.count == names.count,
      """
      A report about \(names.count) terms was given \(weights.count) weights and a measurement of \
      \(measurement.count) terms.
      """)
    for index in names.indices {
      self.weights[index] = weights[index]
      values[index] = level >= .values ? measurement.values[index] : .nan
      magnitudes[index] = level >= .magnitudes ? measurement.magnitudes[index] : .nan
      let isClamped = balancer.isClamped(at: index) || abs(weights[index]) >= WeightLimit.largest
      clampCounts[index] += isClamped ? 1 : 0
      nonFiniteCounts[index] += measurement.isFinite(at: index, upTo: level) ? 0 : 1
    }
    recordGradients(of: measurement, measured: level >= .featureGradients)
  }

  private mutating func recordGradients(of measurement: LossMeasurement, measured: Bool) {
    for index in names.indices {
      gradientNorms[index] = measured ? measurement.gradientNorm(of: index) : .nan
    }
    for row in names.indices {
      for column in names.indices {
        let product = measurement.gramian[row * names.count + column]
        cosines[row * names.count + column] =
          measured ? product / (gradientNorms[row] * gradientNorms[column]) : .nan
      }
    }
    for row in names.indices {
      shares[row] = measured ? weightedNorm(of: row) : .nan
      projectionShares[row] = measured ? projection(of: row, measurement) : .nan
    }
    let (length, squaredNorm) = (shares.reduce(0, +), projectionShares.reduce(0, +))
    for index in names.indices {
      shares[index] /= length
      projectionShares[index] /= squaredNorm
    }
  }

  // A term of weight 0 adds nothing, even if its gradient was not measured.

  /// `|λᵢ| nᵢ`.
  private func weightedNorm(of index: Int) -> Double {
    weights[index] == 0 ? 0 : abs(weights[index]) * gradientNorms[index]
  }

  /// `⟨λᵢ gᵢ, g⟩`.
  private func projection(of row: Int, _ measurement: LossMeasurement) -> Double {
    if weights[row] == 0 { return 0 }
    var product = 0.0
    for column in names.indices where weights[column] != 0 {
      product += weights[column] * measurement.gramian[row * names.count + column]
    }
    return weights[row] * product
  }
}
