// What would let a run go on to its end and learn nothing.

extension Hyperparameters {
  /// Checks that every value is in its range, that they fit together, and that a policy can learn with
  /// them.
  ///
  /// Only for a run that begins: one that was begun may go on, and its policy be read, whatever it was
  /// trained with.
  ///
  /// - Throws: A sentence about the first that is not.
  public func validateForTraining() throws(InvalidHyperparameter) {
    try validate()
    try checkNormalizedRows()
    try checkSteps()
    try checkWeightDecay()
  }

  /// A single row is its own mean, so that its normalised advantage is always 0.
  private func checkNormalizedRows() throws(InvalidHyperparameter) {
    switch advantageNormalization {
    case .minibatch where minibatchSize == 1:
      throw InvalidHyperparameter(
        """
        \(\.minibatchSize) is 1, and advantages are normalised over each minibatch: that of a single \
        row is always 0, so the policy would learn nothing. Make minibatches larger, or give \
        \(\.advantageNormalization) rollout or none.
        """)
    case .rollout where rolloutSize == 1:
      throw InvalidHyperparameter(
        """
        A rollout has a single row (\(\.environmentCount) 1 times \(\.stepsPerRollout) 1), and \
        advantages are normalised over it: that of a single row is always 0, so the policy would \
        learn nothing. Make rollouts larger, or give \(\.advantageNormalization) none.
        """)
    case .minibatch, .rollout, .none: return
    }
  }

  /// Steps that are 0 in single precision, or of which nothing is left.
  private func checkSteps() throws(InvalidHyperparameter) {
    if Float(learningRate) == 0 {
      throw InvalidHyperparameter(
        """
        \(\.learningRate) is \(learningRate), which is 0 in single precision, so nothing would be \
        learnt; give more, such as 3e-4.
        """)
    }
    if 1 + Float(clipRange) == 1 {
      throw InvalidHyperparameter(
        """
        \(\.clipRange) is \(clipRange), so small that in single precision 1 plus it is 1: the policy \
        could not move. Give more, such as 0.2.
        """)
    }
    guard let norm = maximumGradientNorm else { return }
    if norm < 1e-30 {
      throw InvalidHyperparameter(
        """
        \(\.maximumGradientNorm) is \(norm), so small that gradients become 0 in single precision; \
        give more, such as 0.5.
        """)
    }
    let isAdaptive = [.adam, .adamw, .nadam, .rmsprop].contains(optimizer)
    // An adaptive step is about the learning rate at most, however large the gradient.
    if isAdaptive, learningRate * min(norm / optimizerEpsilon, 1) < 1e-9 {
      throw smallestStep(norm: norm)
    }
  }

  /// The sentence about steps that are too small, which names what is furthest from what is usual.
  private func smallestStep(norm: Double) -> InvalidHyperparameter {
    let steps = "that no step changes a parameter by more than 1e-9"
    let distances = [learningRate / 3e-4, norm / 0.5, 1e-5 / optimizerEpsilon]
    switch distances.firstIndex(of: distances.min() ?? 0) {
    case 0:
      return InvalidHyperparameter(
        """
        \(\.learningRate) is \(learningRate), so small \(steps); make it larger, such as 3e-4.
        """)
    case 1:
      return InvalidHyperparameter(
        """
        \(\.maximumGradientNorm) is \(norm), so small beside \(\.optimizerEpsilon) \
        \(optimizerEpsilon) \(steps); make it larger, such as 0.5.
        """)
    default:
      return InvalidHyperparameter(
        """
        \(\.optimizerEpsilon) is \(optimizerEpsilon), so large beside \(\.maximumGradientNorm) \
        \(norm) and \(\.learningRate) \(learningRate) \(steps); make it smaller, such as 1e-5.
        """)
    }
  }

  private func checkWeightDecay() throws(InvalidHyperparameter) {
    guard optimizer == .adamw, learningRate * weightDecay >= 1 else { return }
    throw InvalidHyperparameter(
      """
      \(\.learningRate) times \(\.weightDecay) is \(learningRate * weightDecay); adamw multiplies \
      the parameters by 1 less that at each step, so that nothing that was learnt would be left. \
      Make it less than 1.
      """)
  }
}
