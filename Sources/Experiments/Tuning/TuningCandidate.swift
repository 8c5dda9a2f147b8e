import PolicyOptimization

/// A candidate of a search with its trials.
public struct TuningCandidate: Sendable {
  /// Its number, in the order of the proposals; 0 is the preset.
  public let number: Int
  /// Where it lies in the space.
  public let point: [Double]
  /// Its hyperparameters.
  public let hyperparameters: Hyperparameters
  /// The outcomes on the seeds of the search, in the order of the seeds.
  public internal(set) var outcomes: [TrialOutcome] = []
  /// The outcomes on the seeds of the confirmation.
  public internal(set) var confirmations: [TrialOutcome] = []

  init(number: Int, point: [Double], hyperparameters: Hyperparameters) {
    self.number = number
    self.point = point
    self.hyperparameters = hyperparameters
  }

  /// The scores of some outcomes, where a failed trial counts as the worst of the search.
  static func scores(of outcomes: [TrialOutcome], worst: Double) -> [Double] {
    outcomes.map { $0.score ?? worst }
  }

  /// The interquartile mean of the scores on the seeds of the search.
  ///
  /// - Parameter worst: What a failed trial counts as.
  /// - Returns: `nil` where there is no trial.
  public func score(worst: Double) -> Double? {
    outcomes.isEmpty
      ? nil : Statistics.interquartileMean(Self.scores(of: outcomes, worst: worst))
  }

  /// Whether its first trial came to its end, so that its score is one.
  public var isComplete: Bool { outcomes.first?.status == .complete }

  fileprivate var learningSpeed: Double {
    outcomes.isEmpty ? -.infinity : Statistics.mean(outcomes.map(\.learningSpeed))
  }

  fileprivate var kind: Int {
    switch outcomes.first?.status {
    case .complete: 0
    case .stopped: 1
    case .failed: 2
    case nil: 3
    }
  }
}

extension [TuningCandidate] {
  /// The candidates, the best first: those whose trials came to their end before those that were stopped
  /// and those that failed; then those with more seeds, since the best of many on one seed are lucky; of
  /// equal scores that which learnt faster, then the first.
  ///
  /// - Parameter worst: What a failed trial counts as.
  /// - Returns: Those that have a trial.
  func ranked(worst: Double) -> [TuningCandidate] {
    let keys = filter { !$0.outcomes.isEmpty }.map { candidate in
      (
        candidate: candidate, score: candidate.score(worst: worst) ?? -.infinity,
        speed: candidate.learningSpeed
      )
    }
    return keys.sorted { first, second in
      if first.candidate.kind != second.candidate.kind {
        return first.candidate.kind < second.candidate.kind
      }
      let (seeds, others) = (first.candidate.outcomes.count, second.candidate.outcomes.count)
      if seeds != others { return seeds > others }
      if first.score != second.score { return first.score > second.score }
      if first.speed != second.speed { return first.speed > second.speed }
      return first.candidate.number < second.candidate.number
    }.map(\.candidate)
  }

  /// The worst score of all trials, which a failed one counts as; 0 where none has a score.
  var worstScore: Double {
    flatMap { $0.outcomes + $0.confirmations }.compactMap(\.score).min() ?? 0
  }
}
