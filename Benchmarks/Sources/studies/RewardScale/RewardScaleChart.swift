import Charts

/// What is earned over the scale of the rewards: a row for each environment, a column for each way to
/// scale the critic's target.
enum RewardScaleChart {
  /// As many as colours can tell apart, those that are compared most first.
  private static let shown = [
    "fixed", "anchored-magnitude", "log", "running-max", "anchored-norm", "gradnorm",
    "running-max-literal", "log-literal",
  ]
  /// Bands around all lines would hide the lines.
  private static let banded = ["fixed", "anchored-magnitude"]

  static func sheet(_ summaries: [RewardScaleSummary], clips: Bool) -> ChartSheet {
    let summaries = summaries.filter {
      $0.setting.clips == clips && shown.contains($0.balancer)
    }
    let settings = summaries.map(\.setting).reduce(into: [RewardScaleSetting]()) { list, setting in
      if !list.contains(setting) { list.append(setting) }
    }
    let charts = settings.map { setting in
      chart(
        setting, summaries.filter { $0.setting == setting },
        range: range(of: summaries.filter { $0.setting.environment == setting.environment }))
    }
    return ChartSheet(
      charts,
      title: clips
        ? "PPO and the scale of rewards, gradients clipped to 0.5"
        : "PPO and the scale of rewards, gradients not clipped",
      columns: TargetScale.allCases.count,
      caption: "Interquartile means over seeds of the mean return of 100 episodes. Bands: 95 % "
        + "bootstrap intervals of \(banded.joined(separator: " and ")).")
  }

  private static func chart(
    _ setting: RewardScaleSetting, _ summaries: [RewardScaleSummary], range: ClosedRange<Double>
  ) -> LineChart {
    LineChart(
      title: "\(setting.environment), \(name(of: setting.target))",
      x: Axis("rewards are multiplied by", scale: .logarithmic),
      y: Axis("mean return", range: range),
      series: shown.compactMap { name in summaries.first { $0.balancer == name } }.map { summary in
        Series(
          summary.balancer,
          points: summary.places.map { place in
            Point(
              x: place.scale, y: place.interquartileMean,
              band: banded.contains(summary.balancer) ? place.interval : nil)
          }, marksPoints: true)
      },
      references: [Reference("at random", y: summaries.first?.randomReturn ?? 0)])
  }

  private static func name(of target: TargetScale) -> String {
    switch target {
    case .none: "raw rewards"
    case .returns: "normalised returns"
    case .popart: "PopArt"
    }
  }

  /// The same for all charts of an environment, a little wider than what is in them.
  private static func range(of summaries: [RewardScaleSummary]) -> ClosedRange<Double> {
    let values = summaries.flatMap { [$0.means.lowerBound, $0.means.upperBound, $0.randomReturn] }
    let (lowest, highest) = (values.min() ?? 0, values.max() ?? 1)
    let margin = max(0.04 * (highest - lowest), 1e-3)
    return lowest - margin...highest + margin
  }
}
