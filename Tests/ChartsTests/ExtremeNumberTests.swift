import Testing

@testable import Charts

/// The smallest number above 0.
private let least = Double.leastNonzeroMagnitude

@Suite("Extreme numbers")
struct ExtremeNumberTests {
  private static let numbers: [Double] = [
    0, least, -least, (least * 1e13), Double.leastNormalMagnitude, 1e-300, -1e-290, 1e-280, 1e-17,
    1, 1 + 0x1p-52, -1, 1e9,
    9.9e19, -9.9e19, 1e290, 1e300, -1e300, 1e308, 1.7e308, -1.7e308, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, .infinity, -.infinity, .nan,
  ]

  private func chart(_ ys: [Double], _ xs: [Double], x: Axis = Axis("x"), y: Axis) -> LineChart {
    let points = zip(xs, ys).map { x, y in
      Point(x: x, y: y, band: y.isNaN ? nil : min(y, 0)...max(y, 0))
    }
    return LineChart(
      title: "extreme", x: x, y: y, series: [Series("line", points: points)],
      references: ys.map { Reference("level", y: $0) })
  }

  private func check(_ chart: LineChart, _ comment: Comment) throws {
    let content = try SVGContent(of: ChartSheet([chart]))
    #expect(content.lengths.allSatisfy { abs($0) <= 1_000_000 }, comment)
    #expect((content.elements["line"] ?? 0) < 60, comment)
  }

  @Test("in any pair have a picture on every kind of axis", arguments: numbers)
  func pairs(first: Double) throws {
    for second in Self.numbers {
      for scale in [Axis.Scale.linear, .logarithmic] {
        for range in [nil, 0.5...1.0] {
          let y = Axis("y", scale: scale, range: range)
          try check(
            chart([first, second, first], [0, 1, 2], y: y), "\(first), \(second), \(scale)")
        }
        let x = Axis("x", scale: scale)
        try check(chart([0, 1], [first, second], x: x, y: Axis("y")), "\(first), \(second)")
      }
    }
  }

  @Test("can be the ends of an axis")
  func ranges() throws {
    let finite = Self.numbers.filter(\.isFinite).sorted()
    for (index, low) in finite.enumerated() {
      for high in finite[(index + 1)...] where low < high {
        for scale in [Axis.Scale.linear, .logarithmic] where scale == .linear || low > 0 {
          let y = Axis("y", scale: scale, range: low...high)
          try check(chart([low, high, 0], [0, 1, 2], y: y), "\(low) to \(high), \(scale)")
        }
      }
    }
  }

  @Test(
    "have ticks that can be told apart",
    arguments: [
      -1.7e308...1.7e308, 0...(least * 10), 0...(least * 1e13), -1e-305...1e-306, 1e6...1e6 + 1e-2,
      0...1e300,
      1e300...1.7e308, 0...9.9e19, -3.3e-17...2e-16,
    ])
  func labels(range: ClosedRange<Double>) {
    let ticks = Ticks(range, scale: .linear, count: 6)
    #expect(2...7 ~= ticks.values.count, "\(ticks.labels)")
    #expect(Set(ticks.labels).count == ticks.labels.count, "\(ticks.labels)")
    #expect(ticks.values.allSatisfy(\.isFinite) && ticks.values == ticks.values.sorted())
  }

  @Test("are the ends of a logarithmic axis")
  func widestLogarithmicAxis() {
    let range = Axis("y", scale: .logarithmic).shownRange(
      of: [least, 1e308], ticks: 6, isTight: false)
    #expect(range == least...1e308)
    let ticks = Ticks(range, scale: .logarithmic, count: 6)
    #expect(4...7 ~= ticks.labels.count)
    let projection = Projection(scale: .logarithmic, range: range, start: 0, end: 100)
    #expect(projection(least) == 0 && projection(1e308) == 100)
  }

  @Test("are shown as one where they differ by less than can be written")
  func constants() {
    let axis = Axis("y")
    for value in [0, least, 1, -3e19, 1.7e308, -1.7e308] {
      let range = axis.shownRange(of: [value, value.nextUp], ticks: 6, isTight: false)
      #expect(range.lowerBound < value && range.upperBound > value || abs(value) < 1e-300)
      #expect(range.lowerBound.isFinite && range.upperBound.isFinite)
    }
  }

  @Test("beyond an axis of a given range are told in words")
  func hiddenNumbers() throws {
    let axis = Axis("", range: -1...1)
    let hidden = try SVGContent(
      of: ChartSheet([chart([0.5, -9.9e19, 0.7], [0, 1, 2], y: axis)]))
    #expect(
      hidden.texts.contains { $0.words == "some values are lower, down to −9.9·10¹⁹" })
    #expect(!hidden.texts.contains { $0.words.contains("higher") })
    let shown = try SVGContent(of: ChartSheet([chart([0.5, -1], [0, 1], y: axis)]))
    #expect(!shown.texts.contains { $0.words.contains("some values") })
    let none = try SVGContent(of: ChartSheet([chart([-7, -9], [0, 1], y: axis)]))
    #expect(none.texts.contains { $0.words == "all values are lower, down to −9.00" })
  }
}
