import Charts
import PolicyOptimization

/// The learning curves of a comparison: a chart for each reward scale, a line for each balancer.
public struct ComparisonPicture: Sendable {
  private let records: [RunRecord]
  private let plan: ComparisonPlan
  private let threshold: Double?

  /// Reads the runs of a comparison.
  ///
  /// - Parameters:
  ///   - plan: The comparison.
  ///   - folders: The folders of its runs, in the order of the plan.
  ///   - threshold: The mean return that solves the task.
  /// - Throws: ``RecordError`` if a table cannot be read.
  public init(
    of plan: ComparisonPlan, in folders: [RunFolder], threshold: Double?
  ) throws(RecordError) {
    self.plan = plan
    self.threshold = threshold
    var records: [RunRecord] = []
    for folder in folders { records.append(try RunRecord(folder)) }
    self.records = records
  }

  /// The content of the SVG file.
  public var svg: String {
    let environment = records.first?.environment ?? ""
    let charts = plan.rewardScales.map { scale in
      let title = "rewards × \(SettingValue.number(scale))"
      return LineChart(
        title: plan.rewardScales.count > 1 ? title : environment, x: Axis("environment steps"),
        y: Axis("mean return of 100 episodes"),
        series: plan.balancers.map { Series($0, points: points(of: $0, scale)) },
        references: threshold.map {
          [Reference("solved at \(SettingValue.number($0))", y: $0)]
        } ?? [])
    }
    return ChartSheet(
      charts, title: charts.count > 1 ? environment : "", columns: charts.count == 4 ? 2 : 3,
      caption: caption
    ).svg
  }

  private var caption: String {
    let seeds = records.count / max(plan.balancers.count * plan.rewardScales.count, 1)
    if seeds < 2 { return "" }
    let isCutShort = plan.rewardScales.contains { scale in
      plan.balancers.contains { balancer in
        MeanCurve.isCutShort(members(balancer, scale).compactMap { $0.end(along: .steps) })
      }
    }
    let bands =
      hasIntervals
      ? "95 % bootstrap intervals where the seeds differ" : "from the lowest to the highest seed"
    return "Lines: interquartile means of \(seeds) seeds. Bands: \(bands)."
      + (isCutShort ? " " + MeanCurve.cutShort : "")
  }

  /// Whether there are seeds enough for intervals of confidence.
  private var hasIntervals: Bool {
    records.count / max(plan.balancers.count * plan.rewardScales.count, 1)
      >= Statistics.fewestForInterval
  }

  private func members(_ balancer: String, _ scale: Double) -> [RunRecord] {
    zip(plan.runs, records).filter { run, _ in
      let hyperparameters = run.configuration.hyperparameters
      return hyperparameters.balancer == balancer && hyperparameters.rewardScale == scale
    }.map(\.1)
  }

  private func points(of balancer: String, _ scale: Double) -> [Point] {
    let curves = members(balancer, scale).map {
      $0.points(of: "charts/episodic_return", along: .steps)
    }
    return MeanCurve(of: curves) { returns in
      let middle = Statistics.interquartileMean(returns)
      let range = MeanCurve.meanAndRange(returns).band
      if !hasIntervals { return (middle, range) }
      // Seeds that all earn the same leave a band without a width, as the range has.
      return (middle, Statistics.confidenceInterval(of: [returns], resamples: 400) ?? range)
    }.points
  }
}
