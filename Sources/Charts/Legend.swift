/// Which colour belongs to which name, in the order of their first appearance.
struct LineStyles {
  let names: [String]

  init(_ charts: [LineChart]) {
    var names: [String] = []
    for series in charts.flatMap(\.series) where !names.contains(series.name) {
      names.append(series.name)
    }
    self.names = names
  }

  func index(of name: String) -> Int { names.firstIndex(of: name) ?? 0 }
}

/// The names of the lines of all charts of a sheet, in rows.
struct Legend {
  let markup: Markup
  let height: Double

  private static let rowHeight = 20.0
  private static let lineLength = 22.0

  init(_ styles: LineStyles, width: Double, top: Double) {
    var (x, row) = (Metrics.margin, 0.0)
    var entries: [Markup] = []
    for (index, name) in styles.names.enumerated() where !name.isEmpty {
      let length =
        Self.lineLength + 8 + estimatedWidth(of: name, fontSize: Metrics.fontSize) + 18
      if x + length > width + Metrics.margin && x > Metrics.margin {
        (x, row) = (Metrics.margin, row + 1)
      }
      entries += Self.entry(index, name, x: x, y: top + (row + 0.5) * Self.rowHeight)
      x += length
    }
    markup = Markup("g", [:], entries)
    height = entries.isEmpty ? 0 : (row + 1) * Self.rowHeight + 6
  }

  private static func entry(_ index: Int, _ name: String, x: Double, y: Double) -> [Markup] {
    [
      Markup(
        "line",
        [
          "x1": pixels(x), "x2": pixels(x + lineLength), "y1": pixels(y), "y2": pixels(y),
          "stroke": Palette.color(index), "stroke-width": "2.5",
          "stroke-dasharray": Palette.dash(index),
        ]),
      Markup("text", ["x": pixels(x + lineLength + 8), "y": pixels(y + 4)], words: name),
    ]
  }
}
