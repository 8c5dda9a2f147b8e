import PolicyOptimization

/// What a search has found.
public struct TuningResult: Sendable {
  /// A candidate on the seeds of the confirmation, which the search has not used.
  public struct Confirmation: Sendable {
    /// The number of the candidate.
    public let number: Int
    /// The values of the objective, one for each seed; a failed trial counts as the worst of the search.
    public let values: [Double]
    /// Their interquartile mean.
    public let interquartileMean: Double
    /// Its 95 % interval by the bootstrap, `nil` where there are too few seeds or all are the same.
    public let interval: ClosedRange<Double>?
    /// How many trials failed.
    public let failedCount: Int

    init(_ candidate: TuningCandidate, worst: Double, sign: Double) {
      number = candidate.number
      values = TuningCandidate.scores(of: candidate.confirmations, worst: worst).map { sign * $0 }
      interquartileMean = Statistics.interquartileMean(values)
      interval = Statistics.confidenceInterval(of: [values])
      failedCount = candidate.confirmations.count { $0.status == .failed }
    }
  }

  /// The plan.
  public let plan: TuningPlan
  /// What proposed the candidates.
  public let sampler: String
  /// All candidates, in the order of their numbers.
  public let candidates: [TuningCandidate]
  /// The candidate that is recommended: the winner of the search, or the preset where that does as well
  /// on the seeds of the confirmation.
  public let best: TuningCandidate
  /// The interquartile mean of the objective on the seeds of the search, by which the candidate was
  /// chosen, so that it promises too much.
  public let searchScore: Double
  /// The recommended candidate on new seeds.
  public let confirmed: Confirmation
  /// The preset on the same seeds.
  public let preset: Confirmation
  /// The seconds of the search.
  public let seconds: Double

  /// All trials.
  public var trialCount: Int {
    candidates.reduce(0) { $0 + $1.outcomes.count + $1.confirmations.count }
  }

  init(
    _ plan: TuningPlan, _ candidates: [TuningCandidate], winner: Int, sampler: String,
    seconds: Double
  ) {
    let worst = candidates.worstScore
    let sign = plan.objective.isCost ? -1.0 : 1.0
    func confirmation(_ number: Int) -> Confirmation {
      Confirmation(candidates[number], worst: worst, sign: sign)
    }
    self.plan = plan
    self.sampler = sampler
    self.candidates = candidates
    self.seconds = seconds
    preset = confirmation(0)
    let found = confirmation(winner)
    // Of equals the one that is known.
    let isPresetBetter = sign * preset.interquartileMean >= sign * found.interquartileMean
    confirmed = isPresetBetter ? preset : found
    best = candidates[confirmed.number]
    searchScore = sign * (best.score(worst: worst) ?? worst)
  }

  /// The candidates, the best first; those with more seeds are compared by all of them.
  public var ranked: [TuningCandidate] { candidates.ranked(worst: candidates.worstScore) }
}
