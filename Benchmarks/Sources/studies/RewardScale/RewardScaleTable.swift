/// The methods in one environment, as rows of interquartile means.
struct RewardScaleTable {
  private let summaries: [RewardScaleSummary]
  private let scales: [Double]

  /// - Parameters:
  ///   - summaries: Of one environment, all with or all without clipping.
  ///   - scales: The columns.
  init(_ summaries: [RewardScaleSummary], scales: [Double]) {
    self.summaries = summaries
    self.scales = scales
  }

  /// A heading and the rows; `nil` if there are none.
  var text: String? {
    guard let first = summaries.first else { return nil }
    let clip = first.setting.clips ? "gradients clipped to 0.5" : "gradients not clipped"
    return """

      \(first.setting.environment), \(clip). Actions at random earn \(first.randomReturn.digits(1)).

      \(table(showsPilot: first.setting.environment == "CartPole-v1" && first.setting.clips).text)
      """
  }

  private func table(showsPilot: Bool) -> Table {
    var table = Table(
      ["target", "balancer", "theory"] + (showsPilot ? ["pilot, seeds"] : [])
        + scales.map { "× \($0.short)" } + ["all scales", "worst/best", "runs"])
    for summary in summaries {
      let (balancer, target) = (summary.balancer, summary.setting.target)
      table.add(
        [target.rawValue, balancer, RewardScaleTheory.expectation(balancer, target)]
          + (showsPilot ? [RewardScaleTheory.pilot(balancer, target)] : [])
          + scales.map { summary.mean(at: $0).digits(1) }
          + [total(summary), ratio(summary), count(summary)])
    }
    return table
  }

  private func total(_ summary: RewardScaleSummary) -> String {
    let interval = summary.interval.map { " (\(text($0, digits: 1)))" } ?? ""
    return summary.interquartileMean.digits(1) + interval
  }

  private func ratio(_ summary: RewardScaleSummary) -> String {
    let interval = summary.worstToBestInterval.map { " (\(text($0, digits: 2)))" } ?? ""
    return summary.worstToBest.digits(3) + interval
  }

  private func count(_ summary: RewardScaleSummary) -> String {
    let failures = summary.places.reduce(0) { $0 + $1.failures }
    let runs = summary.places.reduce(0) { $0 + $1.returns.count }
    return "\(runs)" + (failures > 0 ? ", \(failures) failed" : "")
  }

  private func text(_ range: ClosedRange<Double>, digits: Int) -> String {
    "\(range.lowerBound.digits(digits)) to \(range.upperBound.digits(digits))"
  }
}
