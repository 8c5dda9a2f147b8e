import Foundation

// A comparison as tables: for people, and as CSV.

extension Comparison {
  /// The rows of the table of balancers and reward scales, its heading first.
  ///
  /// - Parameter isSolvable: Whether some return counts as a solution of the task.
  /// - Returns: A row for each balancer and reward scale.
  public func cellRows(isSolvable: Bool = true) -> [[String]] {
    let hasScales = !totals.isEmpty
    let scaleHeading = hasScales ? ["reward scale"] : []
    let heading =
      ["balancer"] + scaleHeading
      + ["IQM", "95 % interval", "worst", "best", "solved", "seconds"]
    return [heading]
      + cells.map { cell in
        [cell.balancer] + (hasScales ? ["\(SettingValue.number(cell.rewardScale))"] : [])
          + [
            Self.text(cell.interquartileMean), Self.interval(cell.low, cell.high),
            Self.text(cell.worst), Self.text(cell.best),
            (isSolvable ? "\(cell.solvedCount) of \(cell.runCount)" : "–")
              + (cell.failedCount > 0 ? ", \(cell.failedCount) failed" : ""),
            Self.text(cell.seconds),
          ]
      }
  }

  /// The rows of the table over all reward scales, its heading first; `nil` if there is only one.
  public var totalRows: [[String]]? {
    if totals.isEmpty { return nil }
    return [["balancer", "IQM of all scales", "95 % interval", "worst / best scale"]]
      + totals.map { total in
        [
          total.balancer, Self.text(total.interquartileMean), Self.interval(total.low, total.high),
          total.worstToBest.map { String(format: "%.3f", $0) } ?? "–",
        ]
      }
  }

  /// `comparison.csv`: a row for each run.
  public var csv: String {
    let heading = [
      "balancer", "reward_scale", "seed", "mean_return", "std_return", "episodes",
      "mean_return_100", "solved_at_timestep", "total_timesteps", "wall_seconds", "failed",
    ]
    func cell(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
    let rows = runs.map { run -> [String] in
      let scale = SettingValue.number(run.rewardScale).description
      let returns = [cell(run.meanReturn), cell(run.standardDeviation), cell(run.episodes)]
      let training = [cell(run.trainingReturn), cell(run.solvedAtTimestep), cell(run.timesteps)]
      let end = [cell(run.seconds), run.failure == nil ? "0" : "1"]
      return [run.balancer, scale, cell(run.seed)] + returns + training + end
    }
    return ([heading] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// A number, or a dash where there is none.
  private static func text(_ number: Double?) -> String {
    number.map { String(format: "%.1f", $0) } ?? "–"
  }

  /// An interval, or a dash where there is none.
  private static func interval(_ low: Double?, _ high: Double?) -> String {
    guard let low, let high else { return "–" }
    return "\(text(low)) to \(text(high))"
  }

  /// Why intervals are missing from the tables; `nil` if none is.
  public var note: String? {
    let runs = cells.filter { $0.low == nil }.map(\.returnCount)
    guard let fewest = runs.min() else { return nil }
    return fewest < Statistics.fewestForInterval
      ? "A 95 % interval needs at least \(Statistics.fewestForInterval) seeds."
      : "Where nearly all seeds earn the same there is no 95 % interval."
  }
}
