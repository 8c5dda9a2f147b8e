/// One or several charts as a picture: an SVG file that needs nothing else.
///
/// A single chart names its lines beside their ends; several have one legend for all, so lines of
/// the same name have the same colour in every chart.
public struct ChartSheet: Sendable {
  private let charts: [LineChart]
  private let title: String
  private let caption: String
  private let columns: Int

  /// Puts charts on a sheet.
  ///
  /// - Parameters:
  ///   - charts: The charts, row by row.
  ///   - title: What stands above all of them; nothing if empty.
  ///   - columns: How many stand side by side at most, at least 1.
  ///   - caption: What stands below all of them; nothing if empty.
  public init(
    _ charts: [LineChart], title: String = "", columns: Int = 3, caption: String = ""
  ) {
    precondition(columns > 0, "A sheet cannot have \(columns) columns.")
    self.charts = charts
    self.title = title
    self.caption = caption
    self.columns = max(1, min(columns, charts.count))
  }

  /// The content of the SVG file.
  public var svg: String {
    let styles = LineStyles(charts)
    let isSingle = charts.count == 1
    let legend = isSingle ? nil : Legend(styles, width: width - 2 * Metrics.margin, top: headHeight)
    let top = headHeight + (legend?.height ?? 0)
    let panels = charts.enumerated().map { index, chart in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let left = Double(column) * panelSize.width
      let frame = Frame(
        left: left, top: top + Double(row) * panelSize.height, width: panelSize.width,
        height: panelSize.height)
      return ChartPanel(
        chart, in: frame, styles: styles, showsEndLabels: isSingle, number: index
      ).markup
    }
    let rows = (charts.count + columns - 1) / columns
    let bottom = top + Double(rows) * panelSize.height
    let height = bottom + (caption.isEmpty ? Metrics.margin / 2 : 26)
    return document(
      height: height,
      heading + (legend.map { [$0.markup] } ?? []) + panels + footing(at: bottom + 10))
  }

  private var panelSize: (width: Double, height: Double) {
    charts.count == 1 ? (680, 400) : (columns == 2 ? (400, 290) : (340, 260))
  }

  private var width: Double { Double(columns) * panelSize.width }

  private var headHeight: Double { title.isEmpty ? Metrics.margin / 2 : 34 }

  private var heading: [Markup] {
    title.isEmpty
      ? []
      : [
        Markup(
          "text",
          ["x": pixels(Metrics.margin), "y": "24", "font-size": "15", "font-weight": "bold"],
          words: title)
      ]
  }

  private func footing(at height: Double) -> [Markup] {
    caption.isEmpty
      ? []
      : [
        Markup(
          "text",
          [
            "x": pixels(Metrics.margin), "y": pixels(height), "font-size": "11",
            "fill": Metrics.faintInk,
          ], words: caption)
      ]
  }

  private func document(height: Double, _ content: [Markup]) -> String {
    let name = title.isEmpty ? charts.first?.title ?? "" : title
    let background = Markup(
      "rect", ["width": pixels(width), "height": pixels(height), "fill": "#ffffff"])
    let picture = Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": pixels(width), "height": pixels(height),
        "viewBox": "0 0 \(pixels(width)) \(pixels(height))", "role": "img",
        "font-family": "Helvetica, Arial, sans-serif", "font-size": "12", "fill": Metrics.ink,
      ],
      [Markup("title", [:], words: name), background] + content)
    return picture.text + "\n"
  }
}

/// Lengths in pixels, and colours, that the parts of a picture have in common.
enum Metrics {
  static let margin = 16.0
  static let fontSize = 12.0
  static let ink = "#222222"
  static let faintInk = "#6b6b6b"
  static let grid = "#e4e4e4"
}

/// A rectangle, in pixels.
struct Frame {
  var left: Double
  var top: Double
  var width: Double
  var height: Double

  var right: Double { left + width }
  var bottom: Double { top + height }
}
