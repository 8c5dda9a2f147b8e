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
      } else {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  func bands(of index: Int) -> [Markup] {
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

  func line(of index: Int) -> [Markup] {
    let color = Palette.color(style(index))
    let runs = runs(of: index)
    let paths = runs.filter { $0.count > 1 }.map { run in
      Markup(
        "path",
        [
          "d": "M" + run.map { place($0.x, $0.y) }.joined(separator: "L"), "fill": "none",
          "stroke": color, "stroke-width": "2", "stroke-linejoin": "round",
          "stroke-linecap": "round", "stroke-dasharray": Palette.dash(style(index)),
        ])
    }
    // A point alone would be invisible as a line.
    let marked = chart.series[index].marksPoints ? runs : runs.filter { $0.count == 1 }
    return paths
      + marked.joined().map { point in
        Markup(
          "circle", ["cx": pixels(x(point.x)), "cy": pixels(y(point.y)), "r": "3", "fill": color])
      }
  }

  private func place(_ across: Double, _ up: Double) -> String {
    // What a logarithmic axis does not reach lies on its edge.
    let up = chart.y.admits(up) ? up : y.range.lowerBound
    return "\(pixels(x(across))) \(pixels(y(up)))"
  }

  /// The names beside the ends of the lines, with a thin line to the end where they had to move.
  var endLabels: [Markup] {
    let named = chart.series.indices.filter { !chart.series[$0].name.isEmpty }
    let ends = named.compactMap { index in
      runs(of: index).last?.last.map { (index: index, x: x($0.x), y: y($0.y)) }
    }
    let places = EndLabels.spread(
      ends.map { min(max($0.y, plot.top), plot.bottom) }, spacing: 16,
      within: plot.top...max(plot.top, plot.bottom))
    return zip(ends, places).flatMap { end, height in
      let color = Palette.color(style(end.index))
      let leader = Markup(
        "path",
        [
          "d":
            "M\(pixels(end.x + 2)) \(pixels(end.y))L\(pixels(plot.right + 11)) \(pixels(height))",
          "fill": "none", "stroke": color, "stroke-opacity": "0.6",
        ])
      let name = Markup(
        "text",
        [
          "x": pixels(plot.right + 14), "y": pixels(height + 4),
          "fill": Palette.ink(style(end.index)), "font-weight": "bold",
        ], words: chart.series[end.index].name)
      return [leader, name]
    }
  }
}
