import CKernels
import EnvironmentKit

// What must fit together about a policy and the actions that it chooses from.

extension Hyperparameters {
  /// Checks that what is asked of a policy can be had in an action space.
  ///
  /// Only for a run that begins or goes on: a policy that was trained may be read whatever was asked
  /// of it.
  ///
  /// - Throws: A sentence about what cannot.
  func checkPolicy(for space: ActionSpace) throws(InvalidHyperparameter) {
    try checkDeviation(for: space)
    try checkTargetEntropy(for: space)
  }

  private func checkDeviation(for space: ActionSpace) throws(InvalidHyperparameter) {
    if !space.choiceCounts.isEmpty {
      if deviation != .parameter {
        throw InvalidHyperparameter(
          """
          \(\.deviation) is \(deviation.rawValue), but the actions are choices, which have no \
          deviation; leave it at \(DeviationSource.parameter.rawValue).
          """)
      }
      if squashesActions {
        throw InvalidHyperparameter(
          "\(\.squashesActions) is on, but the actions are choices; only real numbers are squashed."
        )
      }
    }
    if initialLogDeviation != 0, !space.choiceCounts.isEmpty {
      throw InvalidHyperparameter(
        """
        \(\.initialLogDeviation) is \(initialLogDeviation), but the actions are choices, which have \
        no deviation; leave it at 0.
        """)
    }
    if let explorationInterval, deviation != .gsde {
      throw InvalidHyperparameter(
        """
        \(\.explorationInterval) is \(explorationInterval), but with \(\.deviation) \
        \(deviation.rawValue) no noise is kept; set \(\.deviation) to gsde, or \
        \(\.explorationInterval) to none.
        """)
    }
    let bounds = GaussianHead.logDeviationBounds
    if deviation == .network, initialLogDeviation < Double(bounds.lowerBound) {
      throw InvalidHyperparameter(
        """
        \(\.initialLogDeviation) is \(initialLogDeviation); with \(\.deviation) network it must be \
        from \(bounds.lowerBound) to \(bounds.upperBound), to which the network's output is clamped: \
        from outside it would learn nothing.
        """)
    }
  }

  private func checkTargetEntropy(for space: ActionSpace) throws(InvalidHyperparameter) {
    guard let targetEntropy else { return }
    let (lowest, highest): (Double, Double) =
      switch space {
      case .discrete, .multiDiscrete:
        (0, space.choiceCounts.reduce(0) { $0 + ck_log_f64(Double($1)) })
      case .box(let box):
        (-.infinity, squashesActions ? Double(box.count) * ck_log_f64(2) : .infinity)
      }
    if lowest <= targetEntropy, targetEntropy < highest { return }
    throw InvalidHyperparameter(
      """
      \(\.targetEntropy) is \(targetEntropy), which no policy here reaches: its entropy is from \
      \(lowest) to \(Float(highest)) nats. Set a target in between.
      """)
  }
}
