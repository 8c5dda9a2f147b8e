/// Candidates as lines across one vertical axis for each parameter and one for the result.
struct ParallelCoordinates {
  private let chart: SearchChart
  private let plot: Frame
  private let title: PlotPoint
  private let value: Projection
  private let valueTicks: Ticks

  init(_ chart: SearchChart, in frame: Frame) {
    self.chart = chart
    title = PlotPoint(x: frame.left + 56, y: frame.top + 14)
    plot = Frame(
      left: frame.left + 56, top: frame.top + 92, width: frame.width - 130,
      height: frame.height - 106)
    let range = chart.shownValues
    value = Projection(scale: .linear, range: range, start: plot.bottom, end: plot.top)
    valueTicks = Ticks(range, scale: .linear, count: 5)
  }

  private func across(_ index: Int) -> Double {
    plot.left + plot.width * Double(index) / Double(max(chart.coordinates.count, 1))
  }

  private func height(_ part: Double) -> Double {
    plot.bottom - min(max(part, 0), 1) * plot.height
  }

  var markup: [Markup] {
    // The best lie on top.
    let order = chart.samples.sorted { ($0.rank ?? -1) < ($1.rank ?? -1) }
    let best = order.last
    return [partTitle("All candidates; the darker, the better; grey: stopped early", at: title)]
      + order.dropLast().map { line($0, width: 1, opacity: $0.rank == nil ? 0.35 : 0.6) }
      + (best.map { [line($0, width: 3, opacity: 1)] } ?? []) + axes
  }

  private func line(_ sample: SearchChart.Sample, width: Double, opacity: Double) -> Markup {
    let places =
      sample.parts.enumerated().map { index, part in
        "\(pixels(across(index))) \(pixels(height(part)))"
      } + [
        "\(pixels(plot.right)) \(pixels(min(max(value(sample.value), plot.top), plot.bottom)))"
      ]
    return Markup(
      "path",
      [
        "d": "M" + places.joined(separator: "L"), "fill": "none",
        "stroke": sample.rank.map(ColorScale.color) ?? Palette.background,
        "stroke-width": pixels(width), "stroke-opacity": pixels(opacity),
        "stroke-linejoin": "round",
      ])
  }

  private var axes: [Markup] {
    let parameters = chart.coordinates.enumerated().flatMap { index, coordinate in
      axis(
        at: across(index), coordinate.name,
        ticks: coordinate.ticks.map { (height($0.part), $0.label) })
    }
    return parameters
      + axis(
        at: plot.right, chart.valueName,
        ticks: zip(valueTicks.values, valueTicks.labels).map { (value($0), $1) })
  }

  private func axis(
    at x: Double, _ name: String, ticks: [(place: Double, label: String)]
  ) -> [Markup] {
    let (across, top) = (pixels(x), pixels(plot.top - 8))
    let words = Markup(
      "text",
      [
        "x": across, "y": top, "font-size": "11",
        "transform": "rotate(-28 \(across) \(top))",
      ], words: TextFitting.shortened(name, toWidth: 130, fontSize: 11))
    let line = Markup(
      "line",
      [
        "x1": across, "y1": pixels(plot.top), "x2": across, "y2": pixels(plot.bottom),
        "stroke": Metrics.ink,
      ])
    let labels = ticks.map { tick in
      Markup(
        "text",
        [
          "x": pixels(x + 4), "y": pixels(tick.place + 3.5), "font-size": "10",
          // Readable above the lines.
          "paint-order": "stroke", "stroke": "#ffffff", "stroke-width": "3",
          "stroke-linejoin": "round",
        ], words: tick.label)
    }
    return [words, line] + labels
  }
}
