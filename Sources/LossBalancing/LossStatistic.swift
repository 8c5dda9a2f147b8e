/// The number that stands for the scale of a term.
public enum LossStatistic: String, Sendable, Codable, CaseIterable {
  /// The value of the term, as the published formulas have it. Only for terms that are never
  /// negative: the value of PPO's surrogate is near 0 on a minibatch whose gradient is not.
  case value

  /// The mean of the absolute values of the rows' terms. It is the value where no row is negative,
  /// and a scale for all other terms too.
  case magnitude

  var requiredInformation: RequiredInformation {
    switch self {
    case .value: .values
    case .magnitude: .magnitudes
    }
  }

  func callAsFunction(_ index: Int, of measurement: LossMeasurement) -> Double {
    switch self {
    case .value: measurement.values[index]
    case .magnitude: measurement.magnitudes[index]
    }
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    if self == .magnitude { return }
    try balancer.requireNonNegativeTerms(instead: "use the statistic magnitude instead of value")
  }
}
