/// How much room the parts of a panel have.
struct PanelLayout {
  /// The title, in lines.
  let title: [String]
  let titleSize: Double
  /// The space outside of everything.
  let margin: Double
  /// The space below the plot, for the labels of the axis and its name.
  let foot: Double
  /// How many ticks are wanted.
  let ticks: (across: Int, up: Int)
  /// The names of the lines beside their ends; empty if they are named otherwise.
  let names: [[String]]
  /// Whether references are named.
  let namesReferences: Bool

  static let lineHeight = 15.0
  /// Names that are wider are broken.
  private static let widestName = 220.0
  private static let boldness = 1.1

  /// A chart that names its lines beside their ends.
  init(ofSingle chart: LineChart, width: Double) {
    names = Self.names(of: chart)
    (title, titleSize) = (Self.title(of: chart, width: width), 13)
    (margin, foot, ticks, namesReferences) = (Metrics.margin, 46, (7, 6), true)
  }

  /// One of several charts with a common legend.
  init(ofSeveral chart: LineChart, width: Double) {
    (title, titleSize) = (Self.title(of: chart, width: width), 13)
    (margin, foot, ticks, namesReferences) = (Metrics.margin, 46, (4, 5), true)
    names = []
  }

  /// One of many small panels, each of one line, whose name is its title.
  init(ofMany title: [String]) {
    (self.title, titleSize) = (title, 11)
    (margin, foot, ticks, namesReferences) = (6, 24, (3, 4), false)
    names = []
  }

  private static func title(of chart: LineChart, width: Double) -> [String] {
    if chart.title.isEmpty { return [] }
    let room = width - 6 * Metrics.margin
    return [TextFitting.shortened(chart.title, toWidth: room, fontSize: 13 * boldness)]
  }

  private static func names(of chart: LineChart) -> [[String]] {
    chart.series.map { series in
      TextFitting.lines(
        of: series.name, width: widestName, fontSize: Metrics.fontSize * boldness, atMost: 3)
    }
  }

  /// How wide the names beside the ends are.
  static func namesWidth(of chart: LineChart) -> Double {
    names(of: chart).joined()
      .map { TextFitting.width(of: $0, fontSize: Metrics.fontSize * boldness) }.max() ?? 0
  }

  /// How high the names beside the ends are, one below the other.
  static func namesHeight(of chart: LineChart) -> Double {
    names(of: chart).reduce(0) { $0 + height(of: $1) }
  }

  /// How high a name is, with the space to the next.
  static func height(of name: [String]) -> Double { Double(name.count) * lineHeight + 1 }

  /// How high the title is.
  var head: Double { title.isEmpty ? 10 : 8 + Double(title.count) * (titleSize + 4) + margin / 2 }

  /// What is left of a frame when all of that has its room.
  func plot(of chart: LineChart, in frame: Frame, yLabels: [String]) -> Frame {
    let labels =
      yLabels.map { TextFitting.width(of: $0, fontSize: Metrics.fontSize) }.max() ?? 0
    let left = frame.left + margin + (chart.y.label.isEmpty ? 8 : 22) + labels
    let nameRoom = names.isEmpty ? 4 : 14 + Self.namesWidth(of: chart)
    let right = frame.right - margin - nameRoom
    return Frame(
      left: left, top: frame.top + head, width: max(right - left, frame.width / 4),
      height: frame.height - head - foot)
  }
}

/// What the axes of a chart show.
struct AxisRanges {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>

  init(of chart: LineChart, ticks: (across: Int, up: Int)) {
    let points = chart.series.flatMap(\.points)
    let heights =
      points.flatMap { [$0.y, $0.band?.lowerBound ?? $0.y, $0.band?.upperBound ?? $0.y] }
      + chart.references.map(\.y)
    x = chart.x.shownRange(of: points.map(\.x), ticks: ticks.across, isTight: true)
    y = chart.y.shownRange(of: heights, ticks: ticks.up, isTight: false)
  }
}
