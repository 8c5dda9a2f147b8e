/// Horizontal bars with intervals, the longest above.
struct IntervalBars {
  let markup: [Markup]

  init(_ bars: [SearchChart.Bar], note: String, in frame: Frame) {
    let title = partTitle(
      "Importance: share of the scores' variance",
      at: PlotPoint(x: frame.left + 20, y: frame.top + 20))
    if bars.isEmpty {
      let lines = TextFitting.lines(of: note, width: frame.width - 60, fontSize: 12, atMost: 3)
      markup =
        [title]
        + lines.enumerated().map { index, line in
          Markup(
            "text",
            [
              "x": pixels(frame.left + 20), "y": pixels(frame.top + 48 + 16 * Double(index)),
              "fill": Metrics.faintInk,
            ], words: line)
        }
      return
    }
    let shown = bars.sorted { $0.value > $1.value }.prefix(16)
    let names = shown.map { TextFitting.width(of: $0.name, fontSize: 11) }.max() ?? 0
    let plot = Frame(
      left: frame.left + 30 + names, top: frame.top + 34, width: frame.width - names - 70,
      height: frame.height - 70)
    let largest = max(0.05, shown.map(\.interval.upperBound).max() ?? 1)
    let x = Projection(scale: .linear, range: 0...largest, start: plot.left, end: plot.right)
    let step = plot.height / Double(shown.count)
    let ticks = Ticks(0...largest, scale: .linear, count: 5)
    var parts = [title]
    for (value, label) in zip(ticks.values, ticks.labels) {
      parts.append(
        Self.stroke(x(value), plot.top, x(value), plot.bottom, color: Metrics.grid, width: 1))
      parts.append(
        Markup(
          "text",
          ["x": pixels(x(value)), "y": pixels(plot.bottom + 16), "text-anchor": "middle"],
          words: label))
    }
    for (index, bar) in shown.enumerated() {
      let middle = plot.top + (Double(index) + 0.5) * step
      let thickness = min(12, step * 0.6)
      parts.append(
        Markup(
          "text",
          [
            "x": pixels(plot.left - 8), "y": pixels(middle + 4), "text-anchor": "end",
            "font-size": "11",
          ], words: bar.name))
      parts.append(
        Markup(
          "rect",
          [
            "x": pixels(plot.left), "y": pixels(middle - thickness / 2),
            "width": pixels(x(max(bar.value, 0)) - plot.left), "height": pixels(thickness),
            "fill": Palette.color(0), "fill-opacity": "0.75",
          ]))
      parts.append(
        Self.stroke(
          x(bar.interval.lowerBound), middle, x(bar.interval.upperBound), middle,
          color: Metrics.ink, width: 1.5))
    }
    markup = parts
  }

  private static func stroke(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double
  ) -> Markup {
    Markup(
      "line",
      [
        "x1": pixels(x1), "y1": pixels(y1), "x2": pixels(x2), "y2": pixels(y2), "stroke": color,
        "stroke-width": pixels(width),
      ])
  }
}
