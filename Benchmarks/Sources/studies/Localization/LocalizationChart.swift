import Charts

/// Accuracy and box error over the learning rate.
enum LocalizationChart {
  private static let names = [
    "class alone", "box alone", "sum", "running-max", "log", "encodec", "gradnorm",
  ]

  /// Both charts of an optimiser.
  static func pair(
    of summaries: [LocalizationSummary], under optimizer: String
  ) -> [LineChart] {
    let rate = Axis("learning rate", scale: .logarithmic)
    return [
      LineChart(
        title: "\(optimizer): right classes", x: rate, y: Axis("accuracy", range: 0...1),
        series: series(summaries, without: "box alone") { $0.accuracy }),
      LineChart(
        title: "\(optimizer): boxes", x: rate, y: Axis("error in deviations", range: 0...3),
        series: series(summaries, without: "class alone") { $0.boxError }),
    ]
  }

  private static func series(
    _ summaries: [LocalizationSummary], without left: String,
    _ value: (LocalizationScore) -> Double
  ) -> [Series] {
    summaries.filter { names.contains($0.method.name) && $0.method.name != left }
      .map { summary in
        Series(
          summary.method.name,
          points: summary.places.map { place in
            Point(x: place.rate, y: place.test.boxError < 10 ? value(place.test) : .nan)
          },
          // What is compared with is seen under the lines that lie on it.
          marksPoints: summary.method.name.hasSuffix("alone"))
      }
  }
}
