import Foundation
import Testing

@testable import Charts

@Suite("Many lines")
struct ManyLinesTests {
  private func series(_ count: Int, name: (Int) -> String = { "balancer \($0)" }) -> [Series] {
    (0..<count).map { index in
      let points = (0..<60).map { step in
        let height = 500 * (1 - exp(-Double(step) / Double(6 + index)))
        return Point(x: Double(step) * 1000, y: height, band: height - 20...height + 20)
      }
      return Series(name(index), points: points)
    }
  }

  private func chart(_ series: [Series], title: String = "CartPole-v1") -> LineChart {
    LineChart(
      title: title, x: Axis("environment steps"), y: Axis("mean return of 100 episodes"),
      series: series, references: [Reference("solved at 475", y: 475)])
  }

  @Test("48 of them differ in colour or dashes")
  func stylesDiffer() {
    #expect(Set((0..<48).map { Palette.color($0) + "/" + Palette.dash($0) }).count == 48)
  }

  @Test("become a panel each, with the others behind it", arguments: [13, 33, 60])
  func smallMultiples(count: Int) throws {
    let sheet = ChartSheet(
      [chart(series(count))], caption: "Lines: means of 3 seeds. Bands: the range.")
    let content = try SVGContent(of: sheet)
    #expect(content.elements["use"] == count)
    // Each line once in grey and once in colour, and its band.
    #expect(content.elements["path"] == 3 * count)
    for index in 0..<count {
      #expect(content.texts.count { $0.words == "balancer \(index)" } == 1)
    }
    expectInside(content)
    #expect(content.size.width < 1400)
  }

  @Test("become panels in each of several charts")
  func severalCharts() throws {
    let charts = ["rewards × 0.01", "rewards × 1"].map { chart(series(33), title: $0) }
    let content = try SVGContent(of: ChartSheet(charts, title: "CartPole-v1"))
    #expect(content.elements["use"] == 66)
    expectInside(content)
  }

  @Test("that would be too many panels share plots, with a legend")
  func boundedHeight() throws {
    let charts = (0..<12).map { chart(series(25), title: "weight \($0)") }
    let content = try SVGContent(
      of: ChartSheet(charts, title: "CartPole-v1"))
    #expect(content.elements["use"] == nil)
    #expect(content.size.height < 1500)
    for index in 0..<25 {
      #expect(content.texts.contains { $0.words == "balancer \(index)" })
    }
    expectInside(content)
  }

  @Test("up to 12 have names that do not overlap, however long they are", arguments: [2, 12])
  func longNames(count: Int) throws {
    let names = series(count) { index in
      "learning rate 0.000\(index), balancer gradnorm:alpha=1.5/running-max:decay=0.99, gamma 0.\(index)"
    }
    let content = try SVGContent(of: ChartSheet([chart(names)]))
    expectInside(content)
    let plot = content.texts.filter { $0.words.hasSuffix("k") }.map(\.x)
    #expect((plot.max() ?? 0) - (plot.min() ?? 0) > 300)
    let labels = content.texts.filter { $0.x > 500 && $0.y < content.size.height - 60 }
    #expect(labels.count >= 2 * count)
    let heights = labels.map(\.y).sorted()
    for (first, second) in zip(heights, heights.dropFirst()) { #expect(second - first > 11) }
  }

  @Test("of long names have a legend within the picture")
  func longLegend() throws {
    let names = series(9) { "\($0) " + String(repeating: "abcdefgh ", count: 9) }
    let content = try SVGContent(
      of: ChartSheet([chart(names), chart(names)]))
    expectInside(content)
  }

  @Test("leave room for the name of a level")
  func referenceNames() throws {
    // As in Acrobot: the return reaches the level at once, and stays near it.
    let points = (0..<200).map { step in
      let x = Double(step) * 500
      return Point(x: x, y: -75 - 425 * exp(-x / 3000) - 8 * sin(x / 700))
    }
    let acrobot = LineChart(
      title: "Acrobot-v1", x: Axis("environment steps"), y: Axis("mean return"),
      series: [Series("fixed", points: points)],
      references: [Reference("solved at −100", y: -100)])
    let content = try SVGContent(of: ChartSheet([acrobot]))
    let label = try #require(content.texts.first { $0.words == "solved at −100" })
    let place = Frame(left: label.x, top: label.y - 11, width: 80, height: 13)
    let layout = PanelLayout(ofSingle: acrobot, width: content.size.width)
    let panel = ChartPanel(
      acrobot, in: Frame(left: 0, top: 8, width: content.size.width, height: 400),
      styles: LineStyles([acrobot]), layout: layout,
      ranges: AxisRanges(of: acrobot, ticks: layout.ticks), number: 0)
    #expect(!panel.segments.isEmpty)
    #expect(!panel.segments.contains { place.isCrossed(from: $0.start, to: $0.end) })
  }

  @Test("A text is broken behind spaces, and shortened only where it must be")
  func brokenTexts() {
    func lines(_ text: String, _ width: Double, _ most: Int) -> [String] {
      TextFitting.lines(of: text, width: width, fontSize: 10, atMost: most)
    }
    #expect(lines("balancer fixed", 500, 3) == ["balancer fixed"])
    #expect(lines("balancer fixed", 50, 3) == ["balancer", "fixed"])
    #expect(lines("", 50, 3) == [""])
    #expect(lines("aaaaaaaaaaaaaaa", 36.5, 2) == ["aaaaaa", "aaaaa…"])
    #expect(lines("abc", 0, 2).count == 2)
  }

  private func expectInside(_ content: SVGContent) {
    for text in content.texts where !text.words.isEmpty {
      #expect(text.x >= 0 && text.y >= 0, "\(text)")
      #expect(text.x <= content.size.width && text.y <= content.size.height, "\(text)")
    }
  }
}
