import Charts
import Requirements

/// Pictures of how runs went.
///
/// Runs that differ only in the seed make one line: their mean, with a band from the lowest to the
/// highest.
public struct LearningCurves: Sendable {
  /// What the horizontal axis shows.
  public enum Horizontal: String, Sendable, CaseIterable {
    /// Steps of all environments together.
    case steps
    /// Seconds of training.
    case seconds
  }

  private let runs: [RunRecord]
  private let horizontal: Horizontal
  private let thresholds: [String: Double]

  /// Prepares pictures.
  ///
  /// - Parameters:
  ///   - runs: The runs, at least one.
  ///   - horizontal: What the horizontal axis shows.
  ///   - thresholds: The mean returns that solve environments, by their names.
  public init(
    _ runs: [RunRecord], along horizontal: Horizontal = .steps, thresholds: [String: Double] = [:]
  ) {
    require(!runs.isEmpty, "A picture of learning curves needs at least 1 run.")
    self.runs = runs
    self.horizontal = horizontal
    self.thresholds = thresholds
  }

  /// Draws what was asked for.
  ///
  /// - Parameter vertical: `return`, `losses`, `balance`, or columns of `progress.csv`, separated by
  ///   commas.
  /// - Returns: The picture.
  /// - Throws: ``RecordError`` if there is no such column or nothing in it.
  public func sheet(_ vertical: String) throws(RecordError) -> ChartSheet {
    let charts =
      switch vertical {
      case "return": returnCharts
      case "losses":
        Self.losses.map { chart($0.name, range: $0.range, linesOfGroups(of: $0.column)) }
      case "balance": balanceCharts
      default: try columns(vertical).map { chart($0, linesOfGroups(of: $0)) }
      }
    let drawn = charts.filter { chart in chart.series.contains { !$0.points.isEmpty } }
    if drawn.isEmpty {
      throw RecordError(
        "There is nothing to draw of '\(vertical)' in \(runs.map(\.name).joined(separator: ", ")): "
          + "no number was recorded.")
    }
    return ChartSheet(
      drawn, title: drawn.count > 1 ? title : "", columns: drawn.count == 4 ? 2 : 3,
      caption: caption)
  }

  /// Finds the runs that have no line in a picture, since no number of it was recorded, as where no
  /// episode has ended.
  ///
  /// - Parameter vertical: What is drawn, as in ``sheet(_:)``.
  /// - Returns: The names of the runs.
  public func runsWithoutLine(_ vertical: String) -> [String] {
    func isDrawn(_ column: String) -> Bool {
      switch vertical {
      case "return": column == "charts/episodic_return"
      case "losses": Self.losses.contains { $0.column == column }
      case "balance": column.hasPrefix("balance/")
      default: vertical.split(separator: ",").contains { $0 == column }
      }
    }
    return runs.filter { run in
      !run.progress.columns.contains {
        isDrawn($0) && !run.points(of: $0, along: horizontal).isEmpty
      }
    }.map(\.name)
  }

  /// Columns that are often looked at, what they are called, and what part of the axis is shown
  /// where it could be anything.
  private static let losses: [(column: String, name: String, range: ClosedRange<Double>?)] = [
    ("losses/policy_loss", "policy loss", nil), ("losses/value_loss", "value loss", nil),
    ("losses/entropy", "entropy", nil), ("losses/approx_kl", "KL divergence", nil),
    ("losses/clipfrac", "clipped part of the rows", nil),
    ("losses/explained_variance", "explained variance", -1...1),
  ]

  private func columns(_ list: String) throws(RecordError) -> [String] {
    let names = list.split(separator: ",").map(String.init)
    let known = Set(runs.flatMap(\.progress.columns))
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw RecordError(
        "There is no '\(unknown)' to draw; there are return, losses, balance and the columns "
          + "\(runs[0].progress.columns.joined(separator: ", ")).")
    }
    return names
  }

  private var environments: [String] {
    runs.map(\.environment).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private var title: String { environments.joined(separator: ", ") }

  private var caption: String {
    let groups = RunGroup.groups(of: runs)
    let counts = groups.map(\.runs.count)
    guard let most = counts.max(), let fewest = counts.min(), most > 1 else { return "" }
    let number = most == fewest ? "\(most)" : "\(fewest) to \(most)"
    let areSeeds = groups.allSatisfy { $0.seedCount == $0.runs.count }
    let kind = areSeeds ? "seed" : "run"
    let isCutShort = groups.contains { group in
      MeanCurve.isCutShort(group.runs.compactMap { $0.end(along: horizontal) })
    }
    return "Lines: means of \(number) \(kind)s. Bands: from the lowest to the highest \(kind)."
      + (isCutShort ? " " + MeanCurve.cutShort : "")
  }

  // MARK: Charts

  private var axis: Axis {
    Axis(horizontal == .steps ? "environment steps" : "seconds of training")
  }

  /// A chart for each environment, for returns of different tasks have nothing in common.
  private var returnCharts: [LineChart] {
    let groups = RunGroup.groupsOfEnvironments(of: runs)
    return environments.map { environment in
      LineChart(
        title: environment, x: axis, y: Axis("mean return of 100 episodes"),
        series: (groups[environment] ?? []).map {
          line($0.name, of: "charts/episodic_return", in: $0, bins: nil)
        },
        references: thresholds[environment].map {
          [Reference("solved at \(SettingValue.number($0))", y: $0)]
        } ?? [])
    }
  }

  /// Of runs of one kind, a line for each term; of several kinds, a chart for each term.
  private var balanceCharts: [LineChart] {
    let groups = RunGroup.groups(of: runs)
    let terms = runs[0].termNames
    let quantities: [(String, String, ClosedRange<Double>?)] = [
      ("weight", "weight", nil), ("gradient_norm", "gradient norm", nil),
      ("share", "share of the lengths", 0...1),
      ("projection_share", "share of the direction", -0.25...1.25),
    ]
    return quantities.flatMap { key, name, range in
      groups.count > 1
        ? terms.map {
          chart("\(name): \($0)", range: range, linesOfGroups(of: "balance/\(key)/\($0)"))
        }
        : [
          chart(
            name, range: range, terms.map { line($0, of: "balance/\(key)/\($0)", in: groups[0]) })
        ]
    }
  }

  private func chart(
    _ title: String, range: ClosedRange<Double>? = nil, _ series: [Series]
  ) -> LineChart {
    let series = series.filter { !$0.points.isEmpty }
    let heights = series.flatMap(\.points).map(\.y)
    // Weights and norms of different terms can lie far apart.
    let isWide =
      range == nil && heights.allSatisfy { $0 > 0 }
      && (heights.max() ?? 1) > 300 * (heights.min() ?? 1)
    return LineChart(
      title: title, x: axis, y: Axis("", scale: isWide ? .logarithmic : .linear, range: range),
      series: series)
  }

  // MARK: Lines

  private func linesOfGroups(of column: String) -> [Series] {
    RunGroup.groups(of: runs).map { line($0.name, of: column, in: $0) }
  }

  /// The line of a group: of means of neighbouring updates in so many bins, or of every update if
  /// `bins` is `nil`.
  private func line(
    _ name: String, of column: String, in group: RunGroup, bins: Int? = Self.bins
  ) -> Series {
    let curves = group.runs.map { run in
      let points = run.points(of: column, along: horizontal)
      return bins.map { MeanCurve.binned(points, into: $0) } ?? points
    }
    return Series(name, points: MeanCurve(of: curves).points)
  }

  /// What jumps from update to update is shown as means of neighbouring ones.
  private static let bins = 80
}
