import Testing

@testable import Charts

@Suite("An axis")
struct AxisTests {
  @Test(
    "has round numbers as ticks",
    arguments: [
      (0.0...100_000, 6, ["0", "20k", "40k", "60k", "80k", "100k"]),
      (0...500, 6, ["0", "100", "200", "300", "400", "500"]),
      (0...9_999, 5, ["0", "2000", "4000", "6000", "8000"]),
      (0...1_000_000, 5, ["0", "0.2M", "0.4M", "0.6M", "0.8M", "1.0M"]),
      (0...1, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (0...1, 4, ["0", "0.25", "0.50", "0.75", "1.00"]),
      (-0.03...0.01, 5, ["−0.03", "−0.02", "−0.01", "0", "0.01"]),
      (0...2e-7, 4, ["0", "5.0·10⁻⁸", "1.0·10⁻⁷", "1.5·10⁻⁷", "2.0·10⁻⁷"]),
      (0...3_000_000, 4, ["0", "1M", "2M", "3M"]),
      (0...10_000, 4, ["0", "2.5k", "5.0k", "7.5k", "10.0k"]),
    ])
  func linearTicks(range: ClosedRange<Double>, count: Int, labels: [String]) {
    #expect(Ticks(range, scale: .linear, count: count).labels == labels)
  }

  @Test("has powers of ten as ticks where ratios count")
  func logarithmicTicks() {
    #expect(
      Ticks(1e-4...1e4, scale: .logarithmic, count: 9).labels == [
        "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1", "10", "10²", "10³", "10⁴",
      ])
    #expect(
      Ticks(1e-4...1e4, scale: .logarithmic, count: 4).labels == [
        "10⁻⁴", "10⁻²", "1", "10²", "10⁴",
      ])
    #expect(
      Ticks(1e-5...1e4, scale: .logarithmic, count: 3).labels == ["0.001", "1", "1000"])
  }

  @Test("ends at ticks or where the numbers end, and shows zero if it is near")
  func ranges() {
    let axis = Axis("return")
    #expect(axis.shownRange(of: [20, 487], ticks: 5, isTight: false) == 0...500)
    #expect(axis.shownRange(of: [20, 487], ticks: 5, isTight: true) == 0...487)
    #expect(axis.shownRange(of: [420, 487], ticks: 5, isTight: false) == 420...500)
    #expect(axis.shownRange(of: [-3, -1, .nan], ticks: 2, isTight: false) == -3 ... -1)
    #expect(axis.shownRange(of: [7, 7], ticks: 5, isTight: true) == 3.5...10.5)
    #expect(axis.shownRange(of: [.nan], ticks: 5, isTight: true) == 0...1)
    let ratios = Axis("scale", scale: .logarithmic)
    #expect(ratios.shownRange(of: [0.02, 50, 0, -1], ticks: 5, isTight: false) == 0.01...100)
    #expect(Axis("share", range: 0...1).shownRange(of: [7], ticks: 5, isTight: false) == 0...1)
  }

  @Test("projects ends to ends")
  func projections() {
    let linear = Projection(scale: .linear, range: 100...200, start: 300, end: 0)
    #expect([100, 150, 200].map { linear($0) } == [300, 150, 0])
    let ratios = Projection(scale: .logarithmic, range: 0.01...100, start: 0, end: 400)
    #expect([0.01, 1, 100].map { ratios($0) } == [0, 200, 400])
  }

  @Test("refuses a range that its scale cannot show")
  func refusesImpossibleRange() async {
    await #expect(processExitsWith: .failure) {
      _ = Axis("scale", scale: .logarithmic, range: 0...1)
    }
  }
}
