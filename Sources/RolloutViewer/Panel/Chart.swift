/// A small curve with its name, its latest number and its range.
struct Chart {
  let name: String
  let values: [Double]
  /// How many of the values have come about.
  let position: Int
  /// Whether the others are known too; then the curve is faint, and a disc moves along it.
  let isForeseen: Bool
  let color: Color
  /// Whether the range contains 0.
  var includesZero = false

  static let height = 84.0

  /// The chart within a rectangle.
  func marks(in rectangle: PictureRectangle) -> [Mark] {
    let plot = PictureRectangle(
      x: rectangle.left, y: rectangle.top + 16, width: rectangle.width,
      height: rectangle.height - 16)
    let latest = position > 0 && position <= values.count ? brief(values[position - 1]) : "–"
    var marks = [
      Mark.text(
        name, at: PicturePoint(rectangle.left, rectangle.top + 9), size: 11, Palette.mutedInk),
      .text(
        latest, at: PicturePoint(rectangle.right, rectangle.top + 9), size: 11, Palette.ink,
        anchor: .end, isBold: true),
      .rectangle(plot, Palette.card),
    ]
    marks += curves(in: plot)
    return marks
  }

  private func curves(in plot: PictureRectangle) -> [Mark] {
    let range = self.range
    let inner = plot.grown(by: -6)
    // Of the largest numbers only the halves have a difference.
    let span = range.upperBound / 2 - range.lowerBound / 2
    func height(of value: Double) -> Double {
      inner.bottom - (value / 2 - range.lowerBound / 2) / span * inner.height
    }
    func place(_ index: Int) -> PicturePoint {
      let across = Double(index) / Double(max(values.count, 50) - 1)
      return PicturePoint(inner.left + across * inner.width, height(of: values[index]))
    }
    var marks: [Mark] = []
    if range.lowerBound < 0 && range.upperBound > 0 {
      let y = height(of: 0)
      marks.append(
        .line(
          PicturePoint(plot.left, y), PicturePoint(plot.right, y), width: 0.75, Palette.hairline))
    }
    if values.contains(where: \.isFinite) {
      marks.append(
        curve(through: values.indices, place, color: isForeseen ? color.faded(to: 0.45) : color))
    }
    let current = min(max(position, 1), values.count) - 1
    if current >= 0 && values[current].isFinite {
      marks.append(Mark(.disc(center: place(current), radius: 3), color))
    }
    return marks
  }

  /// A line through some of the values, at most one for each point or two of the picture.
  private func curve(
    through indices: Range<Int>, _ place: (Int) -> PicturePoint, color: Color
  ) -> Mark {
    let stride = max(1, indices.count / 128)
    let shown = Array(Swift.stride(from: 0, to: indices.count, by: stride)) + indices.suffix(1)
    return Mark(.curve(shown.filter { values[$0].isFinite }.map(place), width: 1.6), color)
  }

  private var range: Range<Double> {
    let finite = values.filter(\.isFinite) + (includesZero ? [0] : [])
    guard let lowest = finite.min(), let highest = finite.max() else { return 0..<1 }
    let least = max(abs(highest), abs(lowest), 1e-3) * 0.1
    if highest - lowest >= least { return lowest..<highest }
    let (middle, largest) = (lowest / 2 + highest / 2, Double.greatestFiniteMagnitude)
    return max(middle - least / 2, -largest)..<min(middle + least / 2, largest)
  }
}
