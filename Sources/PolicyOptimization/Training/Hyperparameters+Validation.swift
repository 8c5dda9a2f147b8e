// What must be true of hyperparameters, beyond the range of each.

extension Hyperparameters {
  /// Checks that every value is in its range and that they fit together.
  ///
  /// - Throws: A sentence about the first that is not.
  public func validate() throws(InvalidHyperparameter) {
    for description in Self.descriptions { try description.check(self) }
    try checkControllers()
    for coefficient in Coefficient.all { try check(coefficient) }
    try checkRollout()
    try checkLayers()
  }

  private func checkControllers() throws(InvalidHyperparameter) {
    if adaptiveDivergenceTarget != nil, divergenceCoefficient == 0 {
      throw InvalidHyperparameter(
        """
        \(\.adaptiveDivergenceTarget) moves the coefficient of the divergence, which is 0; set the \
        one to start from with \(\.divergenceCoefficient), such as 0.2.
        """)
    }
    if targetEntropy != nil, entropyCoefficient == 0 {
      throw InvalidHyperparameter(
        """
        \(\.targetEntropy) moves the coefficient of the entropy, which is 0; set the one to start \
        from with \(\.entropyCoefficient), such as 0.01.
        """)
    }
  }

  private func check(_ coefficient: Coefficient) throws(InvalidHyperparameter) {
    guard let schedule = self[keyPath: coefficient.schedule], schedule != .constant else { return }
    guard let start = coefficient.start(self), start > 0 else {
      throw InvalidHyperparameter(
        """
        \(coefficient.schedule) is \(schedule), but \(coefficient.path) is \
        \(coefficient.start(self).map { "\($0)" } ?? HyperparameterValue.noneWord); a schedule needs \
        a value above 0 to start from.
        """)
    }
    if let controller = coefficient.controller(self) {
      throw InvalidHyperparameter(
        """
        \(coefficient.schedule) and \(controller) both move \(coefficient.path); set one of them to \
        none.
        """)
    }
    let end = schedule.end(from: start)
    let lowest = if case .exponential = schedule { Double.leastNonzeroMagnitude } else { 0.0 }
    guard end.isFinite, end >= lowest else {
      throw InvalidHyperparameter(
        """
        \(coefficient.schedule) is \(schedule); its end must be \
        \(lowest == 0 ? "0 or more" : "above 0") and finite.
        """)
    }
  }

  /// Checks that rollouts and minibatches consist of whole sequences, for a network that remembers.
  ///
  /// - Throws: A sentence about what does not.
  func validateSequences() throws(InvalidHyperparameter) {
    for (path, rows) in [
      (\Hyperparameters.stepsPerRollout as PartialKeyPath<Hyperparameters>, stepsPerRollout),
      (\Hyperparameters.minibatchSize, minibatchSize),
    ] where rows % sequenceLength != 0 {
      throw InvalidHyperparameter(
        """
        \(path) is \(rows); a recurrent network needs a multiple of \(\.sequenceLength), which is \
        \(sequenceLength).
        """)
    }
  }

  private func checkRollout() throws(InvalidHyperparameter) {
    let (rows, overflow) = environmentCount.multipliedReportingOverflow(by: stepsPerRollout)
    if overflow || rows > 1 << 26 {
      throw InvalidHyperparameter(
        """
        \(\.environmentCount) \(environmentCount) times \(\.stepsPerRollout) \(stepsPerRollout) is \
        more than a rollout can hold (\(1 << 26) rows); make one of them smaller.
        """)
    }
    if totalTimesteps < rows {
      throw InvalidHyperparameter(
        """
        \(\.totalTimesteps) \(totalTimesteps) is less than one rollout of \(rows) steps \
        (\(\.environmentCount) \(environmentCount) times \(\.stepsPerRollout) \(stepsPerRollout)); \
        raise it or make the rollout smaller.
        """)
    }
    if minibatchSize > rows {
      throw InvalidHyperparameter(
        """
        \(\.minibatchSize) \(minibatchSize) is more than the \(rows) rows of a rollout \
        (\(\.environmentCount) \(environmentCount) times \(\.stepsPerRollout) \(stepsPerRollout)); \
        make it smaller.
        """)
    }
  }

  private func checkLayers() throws(InvalidHyperparameter) {
    let weights = zip(hiddenSizes, hiddenSizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    if weights > 1 << 28 || hiddenSizes.count > 100 {
      throw InvalidHyperparameter(
        """
        \(\.hiddenSizes) describes \(hiddenSizes.count) layers with \(weights) weights between \
        them; a network has at most 100 layers and \(1 << 28) weights.
        """)
    }
  }
}
