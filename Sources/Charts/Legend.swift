import Drawing

/// Which colour belongs to which name, in the order of their first appearance.
struct LineStyles {
  let names: [String]
  private let indices: [String: Int]

  init(_ charts: [LineChart]) {
    var (names, indices): ([String], [String: Int]) = ([], [:])
    for series in charts.flatMap(\.series) where indices[series.name] == nil {
      indices[series.name] = names.count
      names.append(series.name)
    }
    (self.names, self.indices) = (names, indices)
  }

  func index(of name: String) -> Int { indices[name] ?? 0 }
}

/// The names of the lines of all charts of a sheet: in a row, or in columns where one row is too
/// short.
struct Legend {
  let markup: Markup
  let height: Double

  private static let rowHeight = 20.0
  private static let lineLength = 22.0
  private static let gap = 18.0

  init(_ styles: LineStyles, width: Double, top: Double) {
    let room = width - Self.lineLength - 8
    let named = styles.names.enumerated().filter { !$1.isEmpty }.map { index, name in
      (index, TextFitting.shortened(name, toWidth: room, fontSize: Metrics.fontSize))
    }
    let lengths = named.map {
      Self.lineLength + 8 + TextFitting.width(of: $0.1, fontSize: Metrics.fontSize) + Self.gap
    }
    let fitsOneRow = lengths.reduce(0, +) <= width + Self.gap
    let widest = lengths.max() ?? 1
    let columns = max(1, Int((width + Self.gap) / widest, within: 1...100, rounded: .down))
    let rows = fitsOneRow ? 1 : (named.count + columns - 1) / columns
    var x = Metrics.margin
    var entries: [Markup] = []
    for (place, (index, name)) in named.enumerated() {
      let left = fitsOneRow ? x : Metrics.margin + Double(place / rows) * widest
      let row = fitsOneRow ? 0 : place % rows
      entries += Self.entry(
        index, name, x: left, y: top + (Double(row) + 0.5) * Self.rowHeight)
      x += lengths[place]
    }
    markup = Markup("g", [:], entries)
    height = entries.isEmpty ? 0 : Double(rows) * Self.rowHeight + 6
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
