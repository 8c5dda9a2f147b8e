import TensorCore

extension Hyperparameters {
  /// Checks that each rank gets an environment.
  ///
  /// - Throws: ``InvalidHyperparameter`` if there are more ranks than environments.
  func validate(for ranks: any RankGroup) throws(InvalidHyperparameter) {
    if environmentCount >= ranks.count { return }
    throw InvalidHyperparameter(
      """
      \(\.environmentCount) is \(environmentCount), but \(ranks.count) processes share the run; each \
      needs at least one environment.
      """)
  }
}
