/// A search over several parameters as one picture: the best result over time, the importance of each
/// parameter, all candidates in parallel coordinates, and each parameter against the result.
public struct SearchChart: Sendable {
  /// A parameter: an axis from 0 to 1.
  public struct Coordinate: Sendable {
    /// The name of the parameter.
    public var name: String
    /// Marks of the axis: where they lie, from 0 to 1, and what they are called.
    public var ticks: [(part: Double, label: String)]

    /// Describes a parameter.
    public init(_ name: String, ticks: [(part: Double, label: String)]) {
      self.name = name
      self.ticks = ticks
    }
  }

  /// A candidate.
  public struct Sample: Sendable {
    /// Where it lies along each coordinate, from 0 to 1.
    public var parts: [Double]
    /// Its result.
    public var value: Double
    /// How good the result is among all, from 0 to 1; `nil` for a candidate that was given up, which is
    /// drawn in grey.
    public var rank: Double?

    /// Describes a candidate.
    public init(parts: [Double], value: Double, rank: Double?) {
      self.parts = parts
      self.value = value
      self.rank = rank
    }
  }

  /// A number with its interval.
  public struct Bar: Sendable {
    /// What it belongs to.
    public var name: String
    /// The number, from 0 to 1.
    public var value: Double
    /// Its interval.
    public var interval: ClosedRange<Double>

    /// Describes a bar.
    public init(_ name: String, value: Double, interval: ClosedRange<Double>) {
      self.name = name
      self.value = value
      self.interval = interval
    }
  }

  /// What stands above the picture.
  public var title: String
  /// What stands below it.
  public var caption: String
  /// What the results are.
  public var valueName: String
  /// The best result over time.
  public var progress: LineChart
  /// The parameters.
  public var coordinates: [Coordinate]
  /// The candidates; the best is drawn last.
  public var samples: [Sample]
  /// The importance of the parameters; without any, `importanceNote` stands in their place.
  public var bars: [Bar]
  /// Why there are no bars.
  public var importanceNote: String

  /// Describes a search.
  public init(
    title: String, caption: String, valueName: String, progress: LineChart,
    coordinates: [Coordinate], samples: [Sample], bars: [Bar], importanceNote: String
  ) {
    self.title = title
    self.caption = caption
    self.valueName = valueName
    self.progress = progress
    self.coordinates = coordinates
    self.samples = samples
    self.bars = bars
    self.importanceNote = importanceNote
  }

  static let width = 1040.0

  /// The range of the results that is shown: the worst twentieth lies at its lower end.
  var shownValues: ClosedRange<Double> {
    let values = samples.filter { $0.rank != nil }.map(\.value).filter(\.isFinite).sorted()
    guard let first = values.first, let last = values.last, first < last else {
      let middle = values.first ?? 0
      return middle - 0.5...middle + 0.5
    }
    let low = values[values.count / 20]
    let high = values[values.count - 1 - values.count / 20]
    return low < high ? min(low, first + 0.95 * (last - first))...last : first...last
  }

  /// The content of the SVG file.
  public var svg: String {
    let top = 40.0
    let half = Self.width / 2
    let layout = PanelLayout(ofSeveral: progress, width: half)
    let panel = ChartPanel(
      progress, in: Frame(left: 0, top: top, width: half, height: 280),
      styles: LineStyles([progress]), layout: layout,
      ranges: AxisRanges(of: progress, ticks: layout.ticks), number: 0)
    var content = [heading, panel.markup()]
    content +=
      IntervalBars(
        bars, note: importanceNote, in: Frame(left: half, top: top, width: half, height: 280)
      ).markup
    let parallel = ParallelCoordinates(
      self, in: Frame(left: 0, top: top + 300, width: Self.width, height: 360))
    content += parallel.markup
    let scatters = ScatterGrid(self, top: top + 680, width: Self.width)
    content += scatters.markup
    let bottom = top + 680 + scatters.height
    let lines = TextFitting.lines(
      of: caption, width: Self.width - 2 * Metrics.margin, fontSize: 11, atMost: 4)
    content += lines.enumerated().map { index, line in
      Markup(
        "text",
        [
          "x": pixels(Metrics.margin), "y": pixels(bottom + 14 + 15 * Double(index)),
          "font-size": "11", "fill": Metrics.faintInk,
        ], words: line)
    }
    return Markup.document(
      width: Self.width, height: bottom + 18 + 15 * Double(lines.count), name: title, content)
  }

  private var heading: Markup {
    Markup(
      "text",
      ["x": pixels(Metrics.margin), "y": "24", "font-size": "15", "font-weight": "bold"],
      words: TextFitting.shortened(
        title, toWidth: Self.width - 2 * Metrics.margin, fontSize: 16.5))
  }
}

/// The title of a part of a picture.
func partTitle(_ words: String, at place: PlotPoint) -> Markup {
  Markup(
    "text",
    ["x": pixels(place.x), "y": pixels(place.y), "font-size": "13", "font-weight": "bold"],
    words: words)
}
