/// A chart in its place on a sheet.
struct ChartPanel {
  let chart: LineChart
  let styles: LineStyles
  /// The rectangle between the axes.
  let plot: Frame
  let x: Projection
  let y: Projection
  private let xTicks: Ticks
  private let yTicks: Ticks
  private let frame: Frame
  private let showsEndLabels: Bool
  private let number: Int

  init(
    _ chart: LineChart, in frame: Frame, styles: LineStyles, showsEndLabels: Bool, number: Int
  ) {
    self.chart = chart
    self.styles = styles
    self.frame = frame
    self.showsEndLabels = showsEndLabels
    self.number = number
    let points = chart.series.flatMap(\.points)
    let heights =
      points.flatMap { [$0.y, $0.band?.lowerBound ?? $0.y, $0.band?.upperBound ?? $0.y] }
      + chart.references.map(\.y)
    let (across, up) = frame.width > 500 ? (7, 6) : (4, 5)
    let xRange = chart.x.shownRange(of: points.map(\.x), ticks: across, isTight: true)
    let yRange = chart.y.shownRange(of: heights, ticks: up, isTight: false)
    xTicks = Ticks(xRange, scale: chart.x.scale, count: across)
    yTicks = Ticks(yRange, scale: chart.y.scale, count: up)
    plot = Self.plot(of: chart, in: frame, yTicks: yTicks, showsEndLabels: showsEndLabels)
    x = Projection(scale: chart.x.scale, range: xRange, start: plot.left, end: plot.right)
    y = Projection(scale: chart.y.scale, range: yRange, start: plot.bottom, end: plot.top)
  }

  /// What is left of the frame when titles, labels and the names of the lines have their room.
  private static func plot(
    of chart: LineChart, in frame: Frame, yTicks: Ticks, showsEndLabels: Bool
  ) -> Frame {
    func widest(_ texts: [String]) -> Double {
      texts.map { estimatedWidth(of: $0, fontSize: Metrics.fontSize) }.max() ?? 0
    }
    // The names of the lines are bold.
    let names = 1.1 * widest(chart.series.map(\.name))
    let left =
      frame.left + Metrics.margin + (chart.y.label.isEmpty ? 8 : 22) + widest(yTicks.labels)
    let right =
      frame.right - Metrics.margin
      - (showsEndLabels ? 14 + names : 4)
    let top = frame.top + (chart.title.isEmpty ? 10 : 34)
    return Frame(
      left: left, top: top, width: max(right - left, frame.width / 4),
      height: frame.bottom - 46 - top)
  }

  var markup: Markup {
    let clip = "plot-\(number)"
    let clipping = Markup(
      "clipPath", ["id": clip],
      [
        Markup(
          "rect",
          [
            // The marks of points at the ends of the axis are round, too.
            "x": pixels(plot.left - 4), "y": pixels(plot.top - 2), "width": pixels(plot.width + 8),
            "height": pixels(plot.height + 4),
          ])
      ])
    let lines =
      chart.series.indices.flatMap { bands(of: $0) }
      + chart.series.indices.flatMap { line(of: $0) }
    return Markup(
      "g", [:],
      [clipping] + title + verticalAxis + horizontalAxis + references
        + (lines.isEmpty ? [] : [Markup("g", ["clip-path": "url(#\(clip))"], lines)])
        + (showsEndLabels ? endLabels : []))
  }

  // MARK: Frame

  private var title: [Markup] {
    chart.title.isEmpty
      ? []
      : [
        Markup(
          "text",
          [
            "x": pixels(plot.left), "y": pixels(frame.top + 20), "font-size": "13",
            "font-weight": "bold",
          ], words: chart.title)
      ]
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
    let (across, down) = (frame.left + Metrics.margin + 4, plot.top + plot.height / 2)
    let name = Markup(
      "text",
      [
        "x": pixels(across), "y": pixels(down), "text-anchor": "middle",
        "transform": "rotate(-90 \(pixels(across)) \(pixels(down)))",
      ], words: chart.y.label)
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
    return [stroke(plot.left, bottom, plot.right, bottom, color: Metrics.ink)] + marks + [name]
  }

  private var references: [Markup] {
    chart.references.filter { y.range.contains($0.y) }.flatMap { reference in
      [
        Markup(
          "line",
          [
            "x1": pixels(plot.left), "x2": pixels(plot.right), "y1": pixels(y(reference.y)),
            "y2": pixels(y(reference.y)), "stroke": Metrics.faintInk, "stroke-dasharray": "4 4",
          ]),
        Markup(
          "text",
          [
            "x": pixels(plot.left + 6), "y": pixels(y(reference.y) - 5), "font-size": "11",
            "fill": Metrics.faintInk, "stroke": "#ffffff", "stroke-width": "3",
            "paint-order": "stroke",
          ], words: reference.name),
      ]
    }
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
