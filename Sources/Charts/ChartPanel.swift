/// A chart in its place on a sheet.
struct ChartPanel {
  let chart: LineChart
  let styles: LineStyles
  let layout: PanelLayout
  /// The rectangle between the axes.
  let plot: Frame
  let x: Projection
  let y: Projection
  private let xTicks: Ticks
  private let yTicks: Ticks
  private let frame: Frame
  private let number: Int

  /// Lays a chart out.
  ///
  /// - Parameters:
  ///   - chart: The chart.
  ///   - frame: Its place.
  ///   - styles: The styles of its lines.
  ///   - layout: How much room its parts have.
  ///   - ranges: What its axes show.
  ///   - number: The number of the panel, which no other of the sheet has.
  init(
    _ chart: LineChart, in frame: Frame, styles: LineStyles, layout: PanelLayout,
    ranges: AxisRanges, number: Int
  ) {
    self.chart = chart
    self.styles = styles
    self.layout = layout
    self.frame = frame
    self.number = number
    xTicks = Ticks(ranges.x, scale: chart.x.scale, count: layout.ticks.across)
    yTicks = Ticks(ranges.y, scale: chart.y.scale, count: layout.ticks.up)
    plot = layout.plot(of: chart, in: frame, yLabels: yTicks.labels)
    x = Projection(scale: chart.x.scale, range: ranges.x, start: plot.left, end: plot.right)
    y = Projection(scale: chart.y.scale, range: ranges.y, start: plot.bottom, end: plot.top)
  }

  /// The panel as elements of an SVG file.
  ///
  /// - Parameter background: What lies behind the lines.
  /// - Returns: The elements.
  func markup(behind background: [Markup] = []) -> Markup {
    let clip = "plot-\(number)"
    let clipping = Markup(
      "clipPath", ["id": clip],
      [
        Markup(
          "rect",
          [
            // The marks of points at the ends of the axis are round, too.
            "x": pixels(plot.left - 4), "y": pixels(plot.top - 4), "width": pixels(plot.width + 8),
            "height": pixels(plot.height + 8),
          ])
      ])
    let lines = background + self.lines
    return Markup(
      "g", [:],
      [clipping] + title + verticalAxis + horizontalAxis + references
        + (lines.isEmpty ? [] : [Markup("g", ["clip-path": "url(#\(clip))"], lines)])
        + referenceNames + hiddenNotes + (layout.names.isEmpty ? [] : endLabels))
  }

  // MARK: Frame

  private var title: [Markup] {
    layout.title.enumerated().map { index, line in
      Markup(
        "text",
        [
          "x": pixels(plot.left),
          "y": pixels(frame.top + 7 + Double(index + 1) * (layout.titleSize + 3) - 3),
          "font-size": pixels(layout.titleSize), "font-weight": "bold",
        ], words: line)
    }
  }

  private var verticalAxis: [Markup] {
    let marks = zip(yTicks.values, yTicks.labels).flatMap { value, label in
      [
        stroke(plot.left, y(value), plot.right, y(value), color: Metrics.grid),
        Markup(
          "text",
          ["x": pixels(plot.left - 8), "y": pixels(y(value) + 4), "text-anchor": "end"],
          words: label),
      ]
    }
    let (across, down) = (frame.left + layout.margin + 4, plot.top + plot.height / 2)
    let name = Markup(
      "text",
      [
        "x": pixels(across), "y": pixels(down), "text-anchor": "middle",
        "transform": "rotate(-90 \(pixels(across)) \(pixels(down)))",
      ],
      words: TextFitting.shortened(
        chart.y.label, toWidth: plot.height + layout.foot, fontSize: Metrics.fontSize))
    return marks + (chart.y.label.isEmpty ? [] : [name])
  }

  private var horizontalAxis: [Markup] {
    let bottom = plot.bottom
    let marks = zip(xTicks.values, xTicks.labels).flatMap { value, label in
      [
        stroke(x(value), bottom, x(value), bottom + 5, color: Metrics.ink),
        Markup(
          "text", ["x": pixels(x(value)), "y": pixels(bottom + 19), "text-anchor": "middle"],
          words: label),
      ]
    }
    let name = Markup(
      "text",
      [
        "x": pixels(plot.left + plot.width / 2), "y": pixels(bottom + 38), "text-anchor": "middle",
      ], words: chart.x.label)
    return [stroke(plot.left, bottom, plot.right, bottom, color: Metrics.ink)] + marks
      + (chart.x.label.isEmpty ? [] : [name])
  }

  private func stroke(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String
  ) -> Markup {
    Markup(
      "line",
      [
        "x1": pixels(x1), "y1": pixels(y1), "x2": pixels(x2), "y2": pixels(y2), "stroke": color,
      ])
  }
}
