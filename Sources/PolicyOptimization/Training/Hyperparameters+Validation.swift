/// A hyperparameter that cannot be used, in a sentence.
public struct InvalidHyperparameter: Error, Hashable, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}

extension Hyperparameters {
  /// Checks that every value is in its range and that they fit together.
  ///
  /// - Throws: A sentence about the first that is not.
  public func validate() throws(InvalidHyperparameter) {
    for (name, value) in [
      ("num-envs", environmentCount), ("num-steps", stepsPerRollout),
      ("minibatch-size", minibatchSize), ("update-epochs", updateEpochs),
      ("total-timesteps", totalTimesteps), ("eval-episodes", evaluationEpisodes),
      ("recurrent-size", recurrentSize), ("sequence-length", sequenceLength),
    ] where value < 1 {
      throw InvalidHyperparameter(description: "--\(name) is \(value); it must be at least 1.")
    }
    if let size = hiddenSizes.first(where: { $0 < 1 || $0 > 1 << 16 }) {
      throw InvalidHyperparameter(
        description: "--hidden-sizes contains \(size); a layer has from 1 to 65536 units.")
    }
    if environmentCount > 1 << 20 {
      throw InvalidHyperparameter(
        description: "--num-envs is \(environmentCount); it must be at most \(1 << 20).")
    }
    for (name, value, highest) in [
      ("total-timesteps", totalTimesteps, 1 << 52), ("eval-episodes", evaluationEpisodes, 1 << 20),
      ("update-epochs", updateEpochs, 1 << 20), ("recurrent-size", recurrentSize, 1 << 14),
    ] where value > highest {
      throw InvalidHyperparameter(
        description: "--\(name) is \(value); it must be at most \(highest).")
    }
    if let interval = evaluationInterval, interval < 0 {
      throw InvalidHyperparameter(
        description: "--eval-every is \(interval); it must be 0, for never, or more.")
    }
    let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    try check("learning-rate", learningRate, in: 0...Double.greatestFiniteMagnitude)
    try check("optimizer-epsilon", optimizerEpsilon, in: positive)
    try check("weight-decay", weightDecay, in: 0...Double.greatestFiniteMagnitude)
    try check("gamma", discount, in: 0...1)
    try check("gae-lambda", traceDecay, in: 0...1)
    try check("clip-coef", clipRange, in: positive)
    try check("vf-coef", valueCoefficient, in: 0...Double.greatestFiniteMagnitude)
    try check("ent-coef", entropyCoefficient, in: 0...Double.greatestFiniteMagnitude)
    if let norm = maximumGradientNorm {
      try check("max-grad-norm", norm, in: positive)
    }
    if let target = targetDivergence {
      try check("target-kl", target, in: positive)
    }
    try checkControllers()
    if !(1e-30...1e30).contains(abs(rewardScale)) {
      throw InvalidHyperparameter(
        description: """
          --reward-scale is \(rewardScale); its size must be from 1e-30 to 1e30, for single \
          precision.
          """)
    }
    if explorationInterval != -1, explorationInterval < 1 {
      throw InvalidHyperparameter(
        description: """
          --sde-sample-freq is \(explorationInterval); it must be at least 1, or -1 for once a rollout.
          """)
    }
    try check("log-std-init", initialLogDeviation, in: -20...2)
    try checkSizes()
  }

  private func checkControllers() throws(InvalidHyperparameter) {
    let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    try check("kl-coef", divergenceCoefficient, in: 0...Double.greatestFiniteMagnitude)
    try check("entropy-rate", entropyRate, in: positive)
    try check("value-target-decay", valueTargetDecay, in: 0...1.0.nextDown)
    if let target = adaptiveDivergenceTarget {
      try check("adaptive-kl", target, in: positive)
      if divergenceCoefficient == 0 {
        throw InvalidHyperparameter(
          description: """
            --adaptive-kl moves the coefficient of the divergence, which is 0; give the one to \
            start from with --kl-coef, such as 0.2.
            """)
      }
    }
    if let target = targetEntropy {
      if !target.isFinite {
        throw InvalidHyperparameter(
          description: "--target-entropy is \(target); it must be finite.")
      }
      if entropyCoefficient == 0 {
        throw InvalidHyperparameter(
          description: """
            --target-entropy moves the coefficient of the entropy, which is 0; give the one to \
            start from with --ent-coef, such as 0.01.
            """)
      }
    }
  }

  /// Checks that rollouts and minibatches consist of whole sequences, for a network that remembers.
  ///
  /// - Throws: A sentence about what does not.
  func validateSequences() throws(InvalidHyperparameter) {
    for (name, rows) in [("num-steps", stepsPerRollout), ("minibatch-size", minibatchSize)]
    where rows % sequenceLength != 0 {
      throw InvalidHyperparameter(
        description: """
          --\(name) is \(rows); a recurrent network needs a multiple of --sequence-length \
          \(sequenceLength).
          """)
    }
  }

  private func checkSizes() throws(InvalidHyperparameter) {
    let (rows, overflow) = environmentCount.multipliedReportingOverflow(by: stepsPerRollout)
    if overflow || rows > 1 << 26 {
      throw InvalidHyperparameter(
        description: """
          --num-envs \(environmentCount) times --num-steps \(stepsPerRollout) is more than a \
          rollout can hold (\(1 << 26) rows); make one of them smaller.
          """)
    }
    let weights = zip(hiddenSizes, hiddenSizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    if weights > 1 << 28 || hiddenSizes.count > 100 {
      throw InvalidHyperparameter(
        description: """
          --hidden-sizes describes \(hiddenSizes.count) layers with \(weights) weights between \
          them; a network has at most 100 layers and \(1 << 28) weights.
          """)
    }
    if totalTimesteps < rows {
      throw InvalidHyperparameter(
        description: """
          --total-timesteps \(totalTimesteps) is less than one rollout of \(rows) steps \
          (--num-envs \(environmentCount) times --num-steps \(stepsPerRollout)); raise it or make \
          the rollout smaller.
          """)
    }
    if minibatchSize > rows {
      throw InvalidHyperparameter(
        description: """
          --minibatch-size \(minibatchSize) is more than the \(rows) rows of a rollout \
          (--num-envs \(environmentCount) times --num-steps \(stepsPerRollout)); make it smaller.
          """)
    }
  }

  private func check(
    _ name: String, _ value: Double, in range: ClosedRange<Double>
  ) throws(InvalidHyperparameter) {
    if range.contains(value) { return }
    let expected =
      switch (range.lowerBound, range.upperBound) {
      case (0, 1): "from 0 to 1"
      case (0, ..<1): "from 0 to below 1"
      case (0, _): "0 or more and finite"
      case (..<0, _): "from \(range.lowerBound) to \(range.upperBound)"
      default: "more than 0 and finite"
      }
    throw InvalidHyperparameter(description: "--\(name) is \(value); it must be \(expected).")
  }
}
