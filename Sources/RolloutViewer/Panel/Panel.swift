import Drawing
import EnvironmentKit

/// The column of numbers and curves beside the scene.
///
/// Its parts stand below each other; what does not fit is left out, the least important first.
struct Panel {
  private let frame: ViewerFrame
  private let area: PictureRectangle
  private var marks: [Mark]
  private var y: Double

  private static let margin = 20.0

  /// Everything that a panel shows.
  static func marks(of frame: ViewerFrame, in area: PictureRectangle) -> [Mark] {
    var panel = Panel(frame, area)
    panel.addTitle()
    guard frame.episodes.indices.contains(frame.selected) else { return panel.marks }
    let episode = frame.episodes[frame.selected]
    panel.addCounters(episode)
    panel.addCurves(episode)
    panel.addAction(episode)
    if let training = frame.training { panel.addTraining(training) }
    panel.addFootnote()
    return panel.marks
  }

  private init(_ frame: ViewerFrame, _ area: PictureRectangle) {
    self.frame = frame
    self.area = area
    marks = [.rectangle(area, Palette.panel)]
    y = area.top + Self.margin
  }

  private var left: Double { area.left + Self.margin }
  private var right: Double { area.right - Self.margin }
  private var width: Double { right - left }
  /// The foot of the panel is kept for the footnote.
  private var room: Double { area.bottom - 38 - y }

  /// The next `height` points of the panel, if there are so many.
  private mutating func take(_ height: Double, gap: Double = 14) -> PictureRectangle? {
    guard height <= room else { return nil }
    defer { y += height + gap }
    return PictureRectangle(x: left, y: y, width: width, height: height)
  }

  private mutating func addTitle() {
    guard let line = take(34) else { return }
    // A long name is written smaller.
    let natural = StrokeFont.width(of: frame.title, size: 17)
    let size = 17 * min(1, width / max(natural, 1))
    marks += [
      .text(
        frame.title, at: PicturePoint(left, line.top + 14), size: size, Palette.ink, isBold: true),
      .text(
        frame.subtitle, at: PicturePoint(left, line.top + 32), size: 11, Palette.mutedInk),
    ]
  }

  private mutating func addCounters(_ episode: EpisodeView) {
    guard let line = take(32) else { return }
    let counters = [
      ("episode", "\(episode.number)"),
      (episode.timeLimit.map { "step of \($0)" } ?? "step", "\(episode.step)"),
      ("return", brief(episode.earned)),
    ]
    for (index, (name, number)) in counters.enumerated() {
      let place = PicturePoint(left + Double(index) * width / 3, line.top)
      marks += [
        .text(name, at: place + PicturePoint(0, 8), size: 10, Palette.mutedInk),
        .text(number, at: place + PicturePoint(0, 28), size: 16, Palette.ink, isBold: true),
      ]
    }
  }

  private mutating func addCurves(_ episode: EpisodeView) {
    let ending = episode.ending == .none ? "" : " · \(episode.ending)"
    add(
      Chart(
        name: "return\(ending)", values: episode.returns,
        position: episode.step, isForeseen: episode.isForeseen, color: Palette.accent,
        includesZero: true))
    if !episode.values.isEmpty {
      add(
        Chart(
          name: "expected return", values: episode.values, position: episode.step,
          isForeseen: episode.isForeseen, color: Palette.second))
    }
  }

  private mutating func add(_ chart: Chart) {
    if let rectangle = take(Chart.height) { marks += chart.marks(in: rectangle) }
  }

  private mutating func addAction(_ episode: EpisodeView) {
    let bars = ActionBars(
      space: frame.actionSpace, names: frame.actionNames, decision: episode.decision)
    guard let rectangle = take(16 + bars.height) else { return }
    marks.append(
      .text(
        "action", at: PicturePoint(left, rectangle.top + 9), size: 11, Palette.mutedInk))
    let body = PictureRectangle(
      x: left, y: rectangle.top + 16, width: width, height: bars.height)
    marks += bars.marks(in: body)
  }

  private mutating func addFootnote() {
    let place = PicturePoint(left, area.bottom - 16)
    marks.append(.text(frame.footnote, at: place, size: 10.5, Palette.mutedInk))
  }
}

extension Panel {
  /// How far the training has come, its mean return, and each loss with its weight.
  private mutating func addTraining(_ training: TrainingView) {
    guard let head = take(30, gap: 8) else { return }
    let mean = training.meanReturn.map(brief) ?? "–"
    let top = head.top + 9
    marks += [
      .text("training", at: PicturePoint(left, top), size: 11, Palette.mutedInk),
      .text(
        "mean return \(mean)", at: PicturePoint(right, top), size: 11, Palette.ink, anchor: .end,
        isBold: true),
    ]
    let done = Double(training.timestep) / Double(max(training.totalTimesteps, 1))
    marks += bar(done, at: head.top + 18, height: 6, color: Palette.positive, from: left, to: right)
    addTerms(training.terms)
  }

  private mutating func addTerms(_ terms: [TrainingView.Term]) {
    let largest = terms.map { abs($0.weight) }.filter(\.isFinite).max() ?? 0
    let (middle, end) = (left + width * 0.52, right - 46)
    if let head = take(10, gap: 4) {
      for (name, x) in [("loss", middle - 10), ("weight", right)] {
        marks.append(
          .text(
            name, at: PicturePoint(x, head.top + 8), size: 10, Palette.mutedInk, anchor: .end))
      }
    }
    for term in terms {
      guard let line = take(12, gap: 3) else { return }
      let baseLine = line.top + 10
      marks += [
        .text(term.name, at: PicturePoint(left, baseLine), size: 11, Palette.mutedInk),
        .text(
          brief(term.loss), at: PicturePoint(middle - 10, baseLine), size: 11, Palette.ink,
          anchor: .end),
        .text(
          brief(term.weight), at: PicturePoint(right, baseLine), size: 11, Palette.ink,
          anchor: .end),
      ]
      let part = largest > 0 ? abs(term.weight) / largest : 0
      marks += bar(
        part, at: line.top + 2, height: 8, color: Palette.second, from: middle, to: end)
    }
  }

  private func bar(
    _ part: Double, at y: Double, height: Double, color: Color, from start: Double, to end: Double
  ) -> [Mark] {
    let track = PictureRectangle(x: start, y: y, width: end - start, height: height)
    var bar = track
    bar.size.x = max(track.width * part.bounded(by: 0...1), 0.01)
    return [.rectangle(track, Palette.card), .rectangle(bar, color)]
  }
}
