import Foundation
import TestSupport
import Testing

@testable import Charts

@Suite("A sheet of charts")
struct ChartSheetTests {
  private let curve = Series(
    "fixed",
    points: [
      Point(x: 0, y: 0, band: 0...10), Point(x: 50, y: 100, band: 80...110),
      Point(x: 100, y: 200, band: 150...200),
    ])

  private func chart(_ series: [Series], references: [Reference] = []) -> LineChart {
    LineChart(
      title: "A & B", x: Axis("steps"), y: Axis("return <mean>"), series: series,
      references: references)
  }

  @Test("is an XML file whatever the names contain")
  func isWellFormed() throws {
    let odd = Series("\"a\" < b\u{1}\n& c\u{FFFE}\u{FFFF}", points: curve.points)
    for sheet in [
      ChartSheet([chart([curve, odd])], title: "<&>"), ChartSheet([chart([])]),
      ChartSheet([chart([curve]), chart([odd])], columns: 2),
      ChartSheet([chart([Series("nothing", points: [Point(x: .nan, y: .infinity)])])]),
    ] {
      #expect(try SVGContent(of: sheet).elements["svg"] == 1)
    }
  }

  @Test("draws each line through its points, with its band")
  func drawsLines() throws {
    let svg = try keptPicture(ChartSheet([chart([curve])]).svg)
    let paths = svg.matches(of: #/<path d="M([^"]*)" fill="([^"]*)"/#)
    let band = try #require(paths.first { $0.output.2 == "#0072B2" })
    let line = try #require(paths.first { $0.output.2 == "none" })
    #expect(band.output.1.split(separator: "L").count == 6)
    #expect(band.output.1.hasSuffix("Z"))
    let points = line.output.1.split(separator: "L").map { pair in
      pair.split(separator: " ").compactMap { Double($0) }
    }
    #expect(points.count == 3)
    // From the lower left to the upper right, equally far apart.
    #expect(points[0][0] < points[1][0] && points[0][1] > points[1][1])
    #expect(abs(points[0][1] - 2 * points[1][1] + points[2][1]) < 0.02)
    #expect(abs(points[0][0] - 2 * points[1][0] + points[2][0]) < 0.02)
  }

  @Test("leaves a gap where a point has no place")
  func leavesGaps() throws {
    var broken = curve
    broken.points += [
      Point(x: 120, y: .nan), Point(x: 130, y: 50), Point(x: 140, y: 60),
      Point(x: 150, y: .nan), Point(x: 160, y: 5),
    ]
    let svg = try keptPicture(ChartSheet([chart([broken])]).svg)
    #expect(svg.matches(of: #/<path [^>]*stroke-width="2"/#).count == 2)
    #expect(svg.matches(of: #/<circle/#).count == 1)
  }

  @Test("names lines beside their ends, or once for several charts")
  func namesLines() throws {
    let single = try keptPicture(ChartSheet([chart([curve])]).svg)
    let double = try keptPicture(ChartSheet([chart([curve]), chart([curve])]).svg)
    #expect(single.matches(of: #/>fixed</#).count == 1)
    #expect(double.matches(of: #/>fixed</#).count == 1)
    #expect(double.matches(of: #/>A &amp; B</#).count == 3)  // two titles and that of the file
  }

  @Test("gives a name one colour on the whole sheet")
  func keepsColors() throws {
    let other = Series("log", points: curve.points)
    let svg = try keptPicture(ChartSheet([chart([curve, other]), chart([other])]).svg)
    let colors = svg.matches(of: #/<path [^>]*stroke="(#[0-9A-F]{6})" stroke-width="2"/#)
    #expect(colors.map { String($0.output.1) } == ["#0072B2", "#D55E00", "#D55E00"])
  }

  @Test("shows a level that lies within the axis")
  func showsReferences() throws {
    let svg = try keptPicture(
      ChartSheet([chart([curve], references: [Reference("solved at 475", y: 475)])]).svg)
    #expect(svg.contains(">solved at 475<"))
    #expect(svg.contains(">500<"))
  }

  @Test("moves names apart that would overlap, and keeps their order")
  func spreadsLabels() throws {
    func spread(_ wanted: [Double]) -> [Double] {
      EndLabels.spread(wanted, heights: wanted.map { _ in 10 }, within: 0...100)
    }
    #expect(spread([50, 20]) == [50, 20])
    #expect(spread([50, 50, 50]) == [40, 50, 60])
    #expect(spread([52, 48, 90]) == [55, 45, 90])
    #expect(spread([0, 0]) == [0, 10])
    #expect(spread([100, 100, 95]) == [90, 100, 80])
    #expect(spread([]) == [])
    // A name of two lines takes twice the room.
    #expect(EndLabels.spread([50, 50], heights: [20, 10], within: 0...100) == [42.5, 57.5])
  }
}
