import Requirements

/// One or several charts as a picture: an SVG file that needs nothing else.
///
/// A single chart names its lines beside their ends; several have one legend for all, so lines of
/// the same name have the same colour in every chart. A chart of more than
/// ``mostLinesInOnePlot`` lines becomes a small panel for each line, with the others in grey
/// behind it, unless that would be more than ``mostPanels`` of them.
public struct ChartSheet: Sendable {
  /// How many lines a plot shows at most; more cannot be distinguished.
  public static let mostLinesInOnePlot = 12

  /// How many small panels a sheet has at most; more would make it too high to be read.
  public static let mostPanels = 100

  private let charts: [LineChart]
  private let title: String
  private let caption: String
  private let columns: Int

  /// Puts charts on a sheet.
  ///
  /// - Parameters:
  ///   - charts: The charts, row by row.
  ///   - title: What stands above all of them; nothing if empty.
  ///   - columns: How many stand side by side at most, at least 1.
  ///   - caption: What stands below all of them; nothing if empty.
  public init(
    _ charts: [LineChart], title: String = "", columns: Int = 3, caption: String = ""
  ) {
    require(columns > 0, "A sheet cannot have \(columns) columns.")
    self.charts = charts
    self.title = title
    self.caption = caption
    self.columns = max(1, min(columns, charts.count))
  }

  /// The content of the SVG file.
  public var svg: String {
    let (content, bottom) =
      isCrowded
      ? manyPanels : charts.count == 1 ? singlePanel : severalPanels
    let lines = captionLines
    let height =
      bottom + (lines.isEmpty ? Metrics.margin / 2 : 11 + Double(lines.count) * captionHeight)
    return document(height: height, heading + content + footing(lines, at: bottom + 10))
  }

  // MARK: Panels

  private var singlePanel: (content: [Markup], bottom: Double) {
    let chart = charts[0]
    let height = max(400, PanelLayout.namesHeight(of: chart) + 90)
    let layout = PanelLayout(ofSingle: chart, width: width)
    let panel = ChartPanel(
      chart, in: Frame(left: 0, top: headHeight, width: width, height: height),
      styles: LineStyles(charts), layout: layout,
      ranges: AxisRanges(of: chart, ticks: layout.ticks), number: 0)
    return ([panel.markup()], headHeight + height)
  }

  private var severalPanels: (content: [Markup], bottom: Double) {
    let styles = LineStyles(charts)
    let legend = Legend(styles, width: width - 2 * Metrics.margin, top: headHeight)
    let top = headHeight + legend.height
    let panels = charts.enumerated().map { index, chart in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let frame = Frame(
        left: Double(column) * panelSize.width, top: top + Double(row) * panelSize.height,
        width: panelSize.width, height: panelSize.height)
      let layout = PanelLayout(ofSeveral: chart, width: panelSize.width)
      return ChartPanel(
        chart, in: frame, styles: styles, layout: layout,
        ranges: AxisRanges(of: chart, ticks: layout.ticks), number: index
      ).markup()
    }
    let rows = (charts.count + columns - 1) / columns
    return ([legend.markup] + panels, top + Double(rows) * panelSize.height)
  }

  private var manyPanels: (content: [Markup], bottom: Double) {
    var (content, top, number): ([Markup], Double, Int) = ([], headHeight, 0)
    for chart in charts {
      let panels = SmallMultiples(chart, top: top, width: width, number: number)
      content += panels.markup
      top += panels.height
      number += chart.series.count
    }
    return (content, top)
  }

  // MARK: Sizes

  private var isCrowded: Bool {
    charts.contains { $0.series.count > Self.mostLinesInOnePlot }
      && charts.reduce(0) { $0 + $1.series.count } <= Self.mostPanels
  }

  private var panelSize: (width: Double, height: Double) { columns == 2 ? (400, 290) : (340, 260) }

  private var width: Double {
    if isCrowded { return 1300 }
    if charts.count == 1 { return 680 + max(0, PanelLayout.namesWidth(of: charts[0]) - 120) }
    return Double(columns) * panelSize.width
  }

  private var headHeight: Double { title.isEmpty ? Metrics.margin / 2 : 34 }

  private var captionHeight: Double { 15 }

  private var captionLines: [String] {
    caption.isEmpty
      ? []
      : TextFitting.lines(
        of: caption, width: width - 2 * Metrics.margin, fontSize: 11, atMost: 4)
  }

  // MARK: Words

  private var heading: [Markup] {
    title.isEmpty
      ? []
      : [
        Markup(
          "text",
          ["x": pixels(Metrics.margin), "y": "24", "font-size": "15", "font-weight": "bold"],
          words: TextFitting.shortened(
            title, toWidth: width - 2 * Metrics.margin, fontSize: 16.5))
      ]
  }

  private func footing(_ lines: [String], at height: Double) -> [Markup] {
    lines.enumerated().map { index, line in
      Markup(
        "text",
        [
          "x": pixels(Metrics.margin), "y": pixels(height + Double(index) * captionHeight),
          "font-size": "11", "fill": Metrics.faintInk,
        ], words: line)
    }
  }

  private func document(height: Double, _ content: [Markup]) -> String {
    let name = title.isEmpty ? charts.first?.title ?? "" : title
    return Markup.document(width: width, height: height, name: name, content)
  }
}

/// Lengths in pixels, and colours, that the parts of a picture have in common.
enum Metrics {
  static let margin = 16.0
  static let fontSize = 12.0
  static let ink = "#222222"
  static let faintInk = "#6b6b6b"
  static let grid = "#e4e4e4"
}
