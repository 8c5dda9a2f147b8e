// The lines of a chart, the bands around them and their names.

extension ChartPanel {
  /// The style of a series, by its name.
  private func style(_ index: Int) -> Int { styles.index(of: chart.series[index].name) }

  /// The points that have a place on both axes, in runs without a gap.
  private func runs(of index: Int, where isDrawn: (Point) -> Bool = { _ in true }) -> [[Point]] {
    var runs: [[Point]] = [[]]
    for point in chart.series[index].points {
      if chart.x.admits(point.x) && chart.y.admits(point.y) && isDrawn(point) {
        runs[runs.count - 1].append(point)
      } else if !runs[runs.count - 1].isEmpty {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  /// The bands, and the lines over them.
  var lines: [Markup] {
    chart.series.indices.flatMap(bands) + chart.series.indices.flatMap { line(of: $0) }
  }

  /// All lines in the colour of a background, without bands.
  var backgroundLines: [Markup] {
    chart.series.indices.flatMap { line(of: $0, inBackground: true) }
  }

  /// The pieces of all lines.
  var segments: [(start: PlotPoint, end: PlotPoint)] {
    chart.series.indices.flatMap { index in
      runs(of: index).flatMap { run in
        let places = run.map { PlotPoint(x: x($0.x), y: height($0.y)) }
        return zip(places, places.dropFirst()).map { (start: $0, end: $1) }
      }
    }
  }

  private func bands(of index: Int) -> [Markup] {
    runs(of: index) { $0.band != nil }.filter { $0.count > 1 }.map { run in
      let upper = run.map { place($0.x, $0.band?.upperBound ?? $0.y) }
      let lower = run.reversed().map { place($0.x, $0.band?.lowerBound ?? $0.y) }
      return Markup(
        "path",
        [
          "d": "M" + (upper + lower).joined(separator: "L") + "Z",
          "fill": Palette.color(style(index)), "fill-opacity": "0.16",
        ])
    }
  }

  private func line(of index: Int, inBackground: Bool = false) -> [Markup] {
    let color = inBackground ? Palette.background : Palette.color(style(index))
    let runs = runs(of: index)
    let paths = runs.filter { $0.count > 1 }.map { run in
      Markup(
        "path",
        [
          "d": "M" + run.map { place($0.x, $0.y) }.joined(separator: "L"), "fill": "none",
          "stroke": color, "stroke-width": inBackground ? "1" : "2", "stroke-linejoin": "round",
          "stroke-linecap": "round",
          "stroke-dasharray": inBackground ? "" : Palette.dash(style(index)),
        ])
    }
    // A point alone would be invisible as a line.
    let marked = chart.series[index].marksPoints ? runs : runs.filter { $0.count == 1 }
    return paths
      + marked.joined().map { point in
        Markup(
          "circle",
          [
            "cx": pixels(x(point.x)), "cy": pixels(height(point.y)),
            "r": inBackground ? "2" : "3", "fill": color,
          ])
      }
  }

  /// The height of a number; what a logarithmic axis does not reach lies on its edge.
  private func height(_ up: Double) -> Double { y(chart.y.admits(up) ? up : y.range.lowerBound) }

  private func place(_ across: Double, _ up: Double) -> String {
    "\(pixels(x(across))) \(pixels(height(up)))"
  }

  // MARK: Names

  /// The names beside the ends of the lines, with a thin line to the end where they had to move.
  var endLabels: [Markup] {
    let named = chart.series.indices.filter { !chart.series[$0].name.isEmpty }
    let ends = named.compactMap { index in
      runs(of: index).last?.last.map { end in
        (index: index, place: PlotPoint(x: x(end.x), y: min(max(y(end.y), plot.top), plot.bottom)))
      }
    }
    let heights = EndLabels.spread(
      ends.map(\.place.y), heights: ends.map { PanelLayout.height(of: layout.names[$0.index]) },
      within: plot.top...max(plot.top, plot.bottom))
    return zip(ends, heights).flatMap { end, height in
      [leader(from: end.place, to: height, style(end.index))] + name(end.index, at: height)
    }
  }

  private func leader(from end: PlotPoint, to height: Double, _ style: Int) -> Markup {
    let start = "M\(pixels(end.x + 2)) \(pixels(end.y))"
    return Markup(
      "path",
      [
        "d": start + "L\(pixels(plot.right + 11)) \(pixels(height))", "fill": "none",
        "stroke": Palette.color(style), "stroke-opacity": "0.6",
      ])
  }

  private func name(_ index: Int, at height: Double) -> [Markup] {
    let lines = layout.names[index]
    let first = height + 4 - Double(lines.count - 1) * PanelLayout.lineHeight / 2
    return lines.enumerated().map { number, line in
      Markup(
        "text",
        [
          "x": pixels(plot.right + 14),
          "y": pixels(first + Double(number) * PanelLayout.lineHeight),
          "fill": Palette.ink(style(index)), "font-weight": "bold",
        ], words: line)
    }
  }
}
