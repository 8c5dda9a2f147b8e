/// Each parameter against the result: a small panel of points, with their running median.
struct ScatterGrid {
  let markup: [Markup]
  let height: Double

  private static let columns = 4
  private static let panelHeight = 190.0

  init(_ chart: SearchChart, top: Double, width: Double) {
    let panelWidth = (width - Metrics.margin) / Double(Self.columns)
    let range = chart.shownValues
    var markup = [
      partTitle(
        "Each hyperparameter against \(chart.valueName); line: running median",
        at: PlotPoint(x: 56, y: top + 14))
    ]
    for (index, coordinate) in chart.coordinates.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: Self.columns)
      let plot = Frame(
        left: Double(column) * panelWidth + 56, top: top + 44 + Double(row) * Self.panelHeight,
        width: panelWidth - 64, height: Self.panelHeight - 62)
      let points = chart.samples.filter { $0.rank != nil && $0.parts.indices.contains(index) }
        .map { (part: $0.parts[index], value: $0.value, rank: $0.rank ?? 0) }
      markup += Self.panel(coordinate, points, in: plot, range)
    }
    self.markup = markup
    let rows = (chart.coordinates.count + Self.columns - 1) / Self.columns
    height = 34 + Double(rows) * Self.panelHeight
  }

  private static func panel(
    _ coordinate: SearchChart.Coordinate,
    _ points: [(part: Double, value: Double, rank: Double)], in plot: Frame,
    _ range: ClosedRange<Double>
  ) -> [Markup] {
    let y = Projection(scale: .linear, range: range, start: plot.bottom, end: plot.top)
    func height(_ value: Double) -> Double { min(max(y(value), plot.top), plot.bottom) }
    func across(_ part: Double) -> Double { plot.left + min(max(part, 0), 1) * plot.width }
    let ticks = Ticks(range, scale: .linear, count: 4)
    let rows = zip(ticks.values, ticks.labels).flatMap { value, label in
      [
        Markup(
          "line",
          [
            "x1": pixels(plot.left), "y1": pixels(y(value)), "x2": pixels(plot.right),
            "y2": pixels(y(value)), "stroke": Metrics.grid,
          ]),
        Markup(
          "text",
          [
            "x": pixels(plot.left - 6), "y": pixels(y(value) + 4), "text-anchor": "end",
            "font-size": "10",
          ], words: label),
      ]
    }
    let marks = coordinate.ticks.map { tick in
      Markup(
        "text",
        [
          "x": pixels(across(tick.part)), "y": pixels(plot.bottom + 15), "text-anchor": "middle",
          "font-size": "10",
        ], words: tick.label)
    }
    let dots = points.map { point in
      Markup(
        "circle",
        [
          "cx": pixels(across(point.part)), "cy": pixels(height(point.value)), "r": "2.6",
          "fill": ColorScale.color(point.rank), "fill-opacity": "0.75",
        ])
    }
    let places = runningMedian(of: points).map { "\(pixels(across($0.0))) \(pixels(height($0.1)))" }
    let line = Markup(
      "path",
      [
        "d": "M" + places.joined(separator: "L"), "fill": "none", "stroke": Palette.color(1),
        "stroke-width": "2",
      ])
    let name = Markup(
      "text",
      [
        "x": pixels(plot.left), "y": pixels(plot.top - 8), "font-size": "11", "font-weight": "bold",
      ],
      words: coordinate.name)
    return [name] + rows + marks + dots + (places.count > 1 ? [line] : [])
  }

  /// The medians of the results of neighbours along the parameter.
  private static func runningMedian(
    of points: [(part: Double, value: Double, rank: Double)]
  ) -> [(Double, Double)] {
    let sorted = points.sorted { $0.part < $1.part }
    let reach = max(2, sorted.count / 8)
    guard sorted.count > 2 * reach else { return [] }
    return stride(from: 0, to: sorted.count, by: max(1, reach / 2)).map { place in
      let window = sorted[max(0, place - reach)..<min(sorted.count, place + reach + 1)]
      let values = window.map(\.value).sorted()
      return (sorted[place].part, values[values.count / 2])
    }
  }
}
