import Drawing

/// A chart of many lines as many small panels: each shows one line in colour, and all others in grey
/// behind it.
struct SmallMultiples {
  let markup: [Markup]
  let height: Double

  private static let panelWidth = 210.0
  private static let plotHeight = 104.0
  private static let headHeight = 46.0

  /// Lays the panels out.
  ///
  /// - Parameters:
  ///   - chart: The chart.
  ///   - top: Where it begins, in pixels.
  ///   - width: How wide it is.
  ///   - number: How many panels the sheet has before it.
  init(_ chart: LineChart, top: Double, width: Double, number: Int) {
    let columns = Int(width / Self.panelWidth, within: 1...100, rounded: .down)
    let panelWidth = (width - 2 * Metrics.margin) / Double(columns)
    let titles = chart.series.map {
      TextFitting.lines(of: $0.name, width: panelWidth - 24, fontSize: 12, atMost: 3)
    }
    let titleLines = titles.map(\.count).max() ?? 1
    let layouts = titles.map { title in
      PanelLayout(
        ofMany: title + [String](repeating: "", count: titleLines - title.count))
    }
    let panelHeight = Self.plotHeight + (layouts.first.map { $0.head + $0.foot } ?? 0)
    func frame(_ index: Int) -> Frame {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      return Frame(
        left: Metrics.margin + Double(column) * panelWidth,
        top: top + Self.headHeight + Double(row) * panelHeight, width: panelWidth,
        height: panelHeight)
    }
    var bare = chart
    (bare.x.label, bare.y.label) = ("", "")
    let ranges = AxisRanges(of: chart, ticks: (3, 4))
    let background = "lines-\(number)"
    var markup = Self.heading(of: chart, top: top, width: width)
    for (index, layout) in layouts.enumerated() {
      func panel(_ chart: LineChart) -> ChartPanel {
        ChartPanel(
          chart, in: frame(index), styles: LineStyles([chart]), layout: layout, ranges: ranges,
          number: number + index)
      }
      if index == 0 {
        let lines = Markup("g", ["id": background], panel(bare).backgroundLines)
        markup.append(Markup("defs", [:], [lines]))
      }
      let (dx, dy) = (frame(index).left - frame(0).left, frame(index).top - frame(0).top)
      bare.series = [chart.series[index]]
      markup.append(
        panel(bare).markup(behind: [
          Markup("use", ["href": "#\(background)", "x": pixels(dx), "y": pixels(dy)])
        ]))
    }
    self.markup = markup
    let rows = (chart.series.count + columns - 1) / columns
    height = Self.headHeight + Double(rows) * panelHeight + 12
  }

  /// The title, and below it what the axes of all panels are.
  private static func heading(of chart: LineChart, top: Double, width: Double) -> [Markup] {
    let room = width - 2 * Metrics.margin
    let axes = [chart.y.label, chart.x.label].filter { !$0.isEmpty }.joined(separator: " over ")
    let references = chart.references.map { "dashed: \($0.name)" }
    let explanation = ([axes] + references + ["grey: the other lines"]).filter { !$0.isEmpty }
      .joined(separator: "; ")
    return [
      Markup(
        "text",
        [
          "x": pixels(Metrics.margin + 8), "y": pixels(top + 17), "font-size": "13",
          "font-weight": "bold",
        ], words: TextFitting.shortened(chart.title, toWidth: room, fontSize: 14)),
      Markup(
        "text",
        [
          "x": pixels(Metrics.margin + 8), "y": pixels(top + 35), "font-size": "11",
          "fill": Metrics.faintInk,
        ], words: TextFitting.shortened(explanation, toWidth: room, fontSize: 11)),
    ]
  }
}
