import Foundation

/// What a comparison has shown.
public struct Comparison: Sendable {
  /// A balancer with one reward scale, over all seeds.
  public struct Cell: Sendable, Encodable {
    /// The balancer.
    public let balancer: String
    /// What rewards were multiplied by.
    public let rewardScale: Double
    /// The interquartile mean of the seeds' mean returns; `nil` where no run could be evaluated.
    public let interquartileMean: Double?
    /// The lower end of its interval of 95 % confidence, `nil` where there are too few seeds for one or
    /// all earn the same: see `Statistics.confidenceInterval`.
    public let low: Double?
    /// The upper end of the interval.
    public let high: Double?
    /// The mean return of the worst seed.
    public let worst: Double?
    /// The mean return of the best seed.
    public let best: Double?
    /// How many runs there are.
    public let runCount: Int
    /// How many of them solved the task while they trained.
    public let solvedCount: Int
    /// How many of them stopped at a number that was not finite, in training or in the evaluation.
    public let failedCount: Int
    /// The mean of the seconds that they took.
    public let seconds: Double
    /// How many of them could be evaluated.
    let returnCount: Int

    init(_ runs: [ComparedRun], balancer: String, rewardScale: Double) {
      self.balancer = balancer
      self.rewardScale = rewardScale
      let returns = runs.compactMap(\.meanReturn)
      returnCount = returns.count
      interquartileMean = returns.isEmpty ? nil : Statistics.interquartileMean(returns)
      let interval = Statistics.confidenceInterval(of: [returns])
      (low, high) = (interval?.lowerBound, interval?.upperBound)
      (worst, best) = (returns.min(), returns.max())
      runCount = runs.count
      solvedCount = runs.count { $0.solvedAtTimestep != nil }
      failedCount = runs.count { $0.failure != nil }
      seconds = Statistics.mean(runs.map(\.seconds))
    }
  }

  /// A balancer over all reward scales and seeds.
  public struct Total: Sendable, Encodable {
    /// The balancer.
    public let balancer: String
    /// The interquartile mean over all runs; `nil` where none could be evaluated.
    public let interquartileMean: Double?
    /// The lower end of its interval of 95 % confidence, by a bootstrap that is stratified by reward
    /// scale; `nil` where there are too few seeds for one or all earn the same.
    public let low: Double?
    /// The upper end of the interval.
    public let high: Double?
    /// The interquartile mean of the worst reward scale divided by that of the best;
    /// `nil` if they have not the same sign, or no run of a scale could be evaluated.
    public let worstToBest: Double?

    init(_ strata: [[ComparedRun]], balancer: String) {
      self.balancer = balancer
      let returns = strata.map { $0.compactMap(\.meanReturn) }
      let all = Array(returns.joined())
      interquartileMean = all.isEmpty ? nil : Statistics.interquartileMean(all)
      let interval = Statistics.confidenceInterval(of: returns)
      (low, high) = (interval?.lowerBound, interval?.upperBound)
      worstToBest =
        returns.contains { $0.isEmpty }
        ? nil : Statistics.worstToBest(returns.map(Statistics.interquartileMean))
    }
  }

  /// All runs, in the order of the plan.
  public let runs: [ComparedRun]
  /// A cell for each balancer and reward scale.
  public let cells: [Cell]
  /// A total for each balancer; empty if there is only one reward scale.
  public let totals: [Total]

  /// Puts the runs of a plan together.
  ///
  /// - Precondition: For each balancer and reward scale there is at least one run.
  public init(_ runs: [ComparedRun], of plan: ComparisonPlan) {
    self.runs = runs
    func members(_ balancer: String, _ scale: Double) -> [ComparedRun] {
      runs.filter { $0.balancer == balancer && $0.rewardScale == scale }
    }
    cells = plan.balancers.flatMap { balancer in
      plan.rewardScales.map {
        Cell(members(balancer, $0), balancer: balancer, rewardScale: $0)
      }
    }
    totals =
      plan.rewardScales.count < 2
      ? []
      : plan.balancers.map { balancer in
        Total(plan.rewardScales.map { members(balancer, $0) }, balancer: balancer)
      }
  }
}

extension Comparison.Cell {
  private enum CodingKeys: String, CodingKey {
    case balancer
    case rewardScale = "reward_scale"
    case interquartileMean = "iqm"
    case low = "iqm_low"
    case high = "iqm_high"
    case worst
    case best
    case runCount = "runs"
    case solvedCount = "solved"
    case failedCount = "failed"
    case seconds = "wall_seconds"
  }

  /// Writes every key; an interval that there is none of is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(balancer, forKey: .balancer)
    try container.encode(rewardScale, forKey: .rewardScale)
    try container.encode(interquartileMean, forKey: .interquartileMean)
    try container.encode(low, forKey: .low)
    try container.encode(high, forKey: .high)
    try container.encode(worst, forKey: .worst)
    try container.encode(best, forKey: .best)
    try container.encode(runCount, forKey: .runCount)
    try container.encode(solvedCount, forKey: .solvedCount)
    try container.encode(failedCount, forKey: .failedCount)
    try container.encode(seconds, forKey: .seconds)
  }
}

extension Comparison.Total {
  private enum CodingKeys: String, CodingKey {
    case balancer
    case interquartileMean = "iqm"
    case low = "iqm_low"
    case high = "iqm_high"
    case worstToBest = "worst_to_best"
  }

  /// Writes every key; what there is none of is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(balancer, forKey: .balancer)
    try container.encode(interquartileMean, forKey: .interquartileMean)
    try container.encode(low, forKey: .low)
    try container.encode(high, forKey: .high)
    try container.encode(worstToBest, forKey: .worstToBest)
  }
}
