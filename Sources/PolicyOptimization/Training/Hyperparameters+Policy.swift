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
    if initialLogDeviation != 0, !space.choiceCounts.isEmpty {
      throw InvalidHyperparameter(
        description: """
          --log-std-init is \(initialLogDeviation), but the actions are choices, which have no \
          deviation; leave it out.
          """)
    }
    if explorationInterval != -1, deviation != .gsde {
      throw InvalidHyperparameter(
        description: """
          --sde-sample-freq is \(explorationInterval), but with --policy-std \(deviation.rawValue) \
          no noise is kept; give --policy-std gsde, or --sde-sample-freq -1.
          """)
    }
    let bounds = GaussianHead.logDeviationBounds
    if deviation == .network, initialLogDeviation < Double(bounds.lowerBound) {
      throw InvalidHyperparameter(
        description: """
          --log-std-init is \(initialLogDeviation); with --policy-std network it must be from \
          \(bounds.lowerBound) to \(bounds.upperBound), to which the network's output is clamped: \
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
      description: """
        --target-entropy is \(targetEntropy), which no policy here reaches: its entropy is from \
        \(lowest) to \(Float(highest)) nats. Give a target in between.
        """)
  }
}
