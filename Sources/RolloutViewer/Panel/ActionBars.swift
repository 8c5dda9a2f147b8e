import Drawing
import EnvironmentKit

/// The action of a step, and what else might have been done.
struct ActionBars {
  let space: ActionSpace
  /// What the actions are called; empty where numbers do.
  var names: [String] = []
  let decision: Decision?

  private static let rowHeight = 17.0
  private static let mostRows = 8

  /// One row for each choice of a discrete action, or for each number of a continuous one.
  private enum Row {
    /// A bar from 0 to 1.
    case choice(name: String, probability: Double?, isChosen: Bool)
    /// A mark on a scale from −1 to 1, and a band of one deviation around the mean.
    case number(name: String, value: Double, scaled: Double, band: ClosedRange<Double>?)
  }

  /// How high the bars are.
  var height: Double {
    let count = rows.count
    return Self.rowHeight * Double(min(count, Self.mostRows) + (count > Self.mostRows ? 1 : 0))
  }

  /// The bars within a rectangle.
  func marks(in rectangle: PictureRectangle) -> [Mark] {
    let rows = self.rows
    var marks: [Mark] = []
    for (index, row) in rows.prefix(Self.mostRows).enumerated() {
      let line = PictureRectangle(
        x: rectangle.left, y: rectangle.top + Double(index) * Self.rowHeight,
        width: rectangle.width, height: Self.rowHeight)
      marks += self.marks(of: row, in: line)
    }
    if rows.count > Self.mostRows {
      marks.append(
        .text(
          "and \(rows.count - Self.mostRows) more",
          at: PicturePoint(rectangle.left, rectangle.top + height - 6), size: 10,
          Palette.faintInk))
    }
    return marks
  }

  private var rows: [Row] {
    switch space {
    case .discrete(let count): choices(0, count, prefix: "", first: 0)
    case .multiDiscrete(let counts):
      counts.enumerated().flatMap { component, count in
        let first = counts[..<component].reduce(0, +)
        return choices(component, count, prefix: "\(component): ", first: first)
      }
    case .box(let box): (0..<box.count).map { number($0, of: box) }
    }
  }

  /// The name of a choice or a number, or else its number.
  private func name(_ index: Int, orElse number: String) -> String {
    index < names.count ? names[index] : number
  }

  private func choices(
    _ component: Int, _ count: Int, prefix: String, first: Int
  ) -> [Row] {
    let chosen = decision.map { Int($0.action[component], within: -1...count) }
    return (0..<count).map { choice in
      var probability: Double?
      if case .choices(let all) = decision?.preferences, component < all.count {
        probability = Double(all[component][choice])
      }
      return .choice(
        name: name(first + choice, orElse: prefix + "\(choice)"), probability: probability,
        isChosen: choice == chosen)
    }
  }

  private func number(_ component: Int, of box: BoxSpace) -> Row {
    let (lowest, highest) = (Double(box.lowest[component]), Double(box.highest[component]))
    func scaled(_ value: Double) -> Double {
      let isBounded = lowest.isFinite && highest.isFinite && lowest < highest
      // Without bounds the scale bends, so that every number has a place on it.
      let place =
        isBounded ? 2 * (value - lowest) / (highest - lowest) - 1 : value / (1 + abs(value))
      return place.isNaN ? 0 : place.bounded(by: -1...1)
    }
    let value = Double(decision?.action[component] ?? 0)
    var band: ClosedRange<Double>?
    if case .normal(let means, let deviations) = decision?.preferences {
      let (mean, deviation) = (Double(means[component]), Double(deviations[component]))
      if mean.isFinite && deviation.isFinite {
        band = scaled(mean - deviation)...scaled(mean + deviation)
      }
    }
    return .number(
      name: name(component, orElse: "\(component)"), value: value, scaled: scaled(value), band: band
    )
  }

  private static let fontSize = 11.0

  /// How wide the column of names is.
  private var nameWidth: Double {
    let widest = names.map { StrokeFont.width(of: $0, size: Self.fontSize) }.max() ?? 0
    return widest == 0 ? 26 : min(widest, 90) + 8
  }

  private func marks(of row: Row, in line: PictureRectangle) -> [Mark] {
    let track = PictureRectangle(
      x: line.left + nameWidth, y: line.top + 3, width: line.width - nameWidth - 46, height: 10)
    switch row {
    case .choice(let name, let probability, let isChosen):
      let length = (probability ?? (isChosen ? 1 : 0)).bounded(by: 0...1)
      var bar = track
      bar.size.x = max(track.width * length, 0.01)
      return labels(name, probability.map(percentage) ?? "", in: line, isChosen)
        + [.rectangle(track, Palette.card, rounding: 2)]
        + [.rectangle(bar, isChosen ? Palette.accent : Palette.faintInk)]
    case .number(let name, let value, let scaled, let band):
      return labels(name, twoDigits(value), in: line, true) + [
        .rectangle(track, Palette.card, rounding: 2)
      ]
        + scale(scaled, band, on: track)
    }
  }

  private func labels(
    _ name: String, _ number: String, in line: PictureRectangle, _ isStrong: Bool
  ) -> [Mark] {
    let ink = isStrong ? Palette.ink : Palette.mutedInk
    let y = line.top + 12
    return [
      .text(
        StrokeFont.shortened(name, toWidth: max(nameWidth - 4, 1), size: Self.fontSize),
        at: PicturePoint(line.left, y), size: Self.fontSize, ink),
      .text(
        number, at: PicturePoint(line.right, y), size: Self.fontSize, ink, anchor: .end),
    ]
  }

  private func scale(
    _ scaled: Double, _ band: ClosedRange<Double>?, on track: PictureRectangle
  ) -> [Mark] {
    func x(_ place: Double) -> Double { track.left + (place + 1) / 2 * track.width }
    var marks: [Mark] = []
    if let band {
      marks.append(
        .rectangle(
          PictureRectangle(
            x: x(band.lowerBound), y: track.top, width: x(band.upperBound) - x(band.lowerBound),
            height: track.height), Palette.accent.faded(to: 0.22)))
    }
    let middle = PicturePoint(x(0), track.top)
    return marks + [
      .line(middle, middle + PicturePoint(0, track.height), width: 0.75, Palette.hairline),
      Mark(.disc(center: PicturePoint(x(scaled), track.middle.y), radius: 4.5), Palette.accent),
    ]
  }
}
