// The levels that the lines of a chart are compared with, and what lies beyond its axis.

extension ChartPanel {
  private static let noteSize = 11.0

  private var shownReferences: [Reference] {
    chart.references.filter { chart.y.admits($0.y) && y.range.contains($0.y) }
  }

  var references: [Markup] {
    shownReferences.map { reference in
      Markup(
        "line",
        [
          "x1": pixels(plot.left), "x2": pixels(plot.right), "y1": pixels(y(reference.y)),
          "y2": pixels(y(reference.y)), "stroke": Metrics.faintInk, "stroke-dasharray": "4 4",
        ])
    }
  }

  /// The names of the references, where the lines leave room for them.
  var referenceNames: [Markup] {
    guard layout.namesReferences else { return [] }
    let segments = self.segments
    var taken: [Frame] = []
    return shownReferences.map { reference in
      let place = namePlace(of: reference, avoiding: segments, taken)
      taken.append(place)
      return note(reference.name, x: place.left, baseLine: place.bottom - 3)
    }
  }

  /// Of some places above and below a reference the first that no line crosses, or else the one
  /// that the fewest cross.
  private func namePlace(
    of reference: Reference, avoiding segments: [(start: PlotPoint, end: PlotPoint)],
    _ taken: [Frame]
  ) -> Frame {
    let width = TextFitting.width(of: reference.name, fontSize: Self.noteSize)
    let height = Self.noteSize + 4
    let level = y(reference.y)
    let room = max(plot.width - width - 12, 0)
    let places = (0...12).flatMap { place -> [Frame] in
      let left = plot.left + 6 + room * Double(place) / 12
      return [level - height - 2, level + 2].map {
        Frame(left: left, top: $0, width: width, height: height)
      }
    }
    func cost(_ place: Frame) -> Int {
      let isOutside = place.top < plot.top || place.bottom > plot.bottom
      return (isOutside ? 10_000 : 0) + 1000 * taken.count { $0.meets(place) }
        + segments.count { place.isCrossed(from: $0.start, to: $0.end) }
    }
    let costs = places.map(cost)
    let best = costs.indices.min { (costs[$0], $0) < (costs[$1], $1) } ?? 0
    return places[best]
  }

  /// How far the points reach that an axis of a given range does not show.
  var hiddenNotes: [Markup] {
    let heights = chart.series.flatMap(\.points).map(\.y).filter(chart.y.admits)
    guard chart.y.range != nil, let lowest = heights.min(), let highest = heights.max() else {
      return []
    }
    var notes: [Markup] = []
    if lowest < y.range.lowerBound {
      let which = highest < y.range.lowerBound ? "all" : "some"
      let text = "\(which) values are lower, down to \(NumberText.short(lowest))"
      notes.append(note(text, x: plot.left + 6, baseLine: plot.bottom - 6))
    }
    if highest > y.range.upperBound {
      let which = lowest > y.range.upperBound ? "all" : "some"
      let text = "\(which) values are higher, up to \(NumberText.short(highest))"
      notes.append(note(text, x: plot.left + 6, baseLine: plot.top + 13))
    }
    return notes
  }

  /// Small words on a white ground.
  private func note(_ words: String, x: Double, baseLine: Double) -> Markup {
    Markup(
      "text",
      [
        "x": pixels(x), "y": pixels(baseLine), "font-size": pixels(Self.noteSize),
        "fill": Metrics.faintInk, "stroke": "#ffffff", "stroke-width": "3",
        "paint-order": "stroke",
      ], words: words)
  }
}
