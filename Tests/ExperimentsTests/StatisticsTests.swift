import TestSupport
import Testing

@testable import Experiments

@Suite("Statistics of a few runs")
struct StatisticsTests {
  @Test(
    "leave a quarter out at each end",
    arguments: [
      ([7], 7), ([1, 3], 2), ([9, 1, 2], 4), ([0, 10, 20, 1000], 15),
      ([500, 480, 0, 490, 500], 490), ([8, 1, 2, 3, 4, 5, 6, 100], 4.5),
    ] as [([Double], Double)])
  func interquartileMean(numbers: [Double], expected: Double) {
    #expect(abs(Statistics.interquartileMean(numbers) - expected) < 1e-12)
  }

  @Test("find quantiles between two numbers in proportion")
  func quantiles() {
    let numbers = [0.0, 10, 20, 30]
    #expect(Statistics.quantile(0, of: numbers) == 0)
    #expect(Statistics.quantile(1, of: numbers) == 30)
    #expect(Statistics.quantile(0.5, of: numbers) == 15)
    #expect(abs(Statistics.quantile(0.1, of: numbers) - 3) < 1e-12)
    #expect(Statistics.quantile(0.7, of: [4]) == 4)
  }

  @Test("give no interval of too few numbers, and none without a width")
  func refusesCertainty() throws {
    for numbers in [[], [1], [1, 2], [1, 2, 3, 4], [7, 7, 7, 7, 7, 7]] as [[Double]] {
      #expect(Statistics.confidenceInterval(of: [numbers]) == nil)
    }
    #expect(Statistics.confidenceInterval(of: []) == nil)
    #expect(Statistics.confidenceInterval(of: [[1, 2, 3, 4, 5], [1]]) == nil)
    let interval = try #require(Statistics.confidenceInterval(of: [[1, 2, 3, 4, 5]]))
    #expect(interval == Statistics.bootstrapInterval(of: [[1, 2, 3, 4, 5]]))
    #expect(interval.lowerBound < 3 && interval.upperBound > 3)
  }

  @Test("draw again within each stratum")
  func stratifiedBootstrap() {
    // A resample of strata of one number each is always the same: there is nothing to draw.
    let certain = Statistics.bootstrapInterval(of: [[0], [1]], statistic: Statistics.mean)
    #expect(certain == 0.5...0.5)
    // Together, the mean of two is 0, ½ or 1 with the probabilities ¼, ½ and ¼.
    let pooled = Statistics.bootstrapInterval(of: [[0, 1]], statistic: Statistics.mean)
    #expect(pooled == 0...1)
    let middle = Statistics.bootstrapInterval(
      of: [[0, 1]], confidence: 0.4, statistic: Statistics.mean)
    #expect(middle == 0.5...0.5)
  }

  @Test("give an interval as wide as theory says")
  func widthOfInterval() {
    // The mean of 100 numbers that are 0 or 1 equally often deviates by 0.05; 95 % lie within
    // 1.96 times that.
    let numbers = (0..<100).map { Double($0 % 2) }
    let interval = Statistics.bootstrapInterval(
      of: [numbers], resamples: 20_000, statistic: Statistics.mean)
    #expect(abs(interval.lowerBound - 0.402) < 0.0125)
    #expect(abs(interval.upperBound - 0.598) < 0.0125)
  }

  @Test("give the mean of many numbers the interval of the normal distribution, at once")
  func intervalOfMany() throws {
    var generator = SplitMix(seed: 3)
    // Skewed, as returns are where most episodes reach the same end.
    let numbers = (0..<1_000).map { _ in max(0, Double.random(in: -1...2, using: &generator)) }
    let interval = try #require(Statistics.meanInterval(of: numbers))
    let drawn = Statistics.bootstrapInterval(
      of: [numbers], resamples: 4_000, statistic: Statistics.mean)
    let width = drawn.upperBound - drawn.lowerBound
    #expect(abs(interval.lowerBound - drawn.lowerBound) < 0.05 * width)
    #expect(abs(interval.upperBound - drawn.upperBound) < 0.05 * width)
    // Of fewer, it is the bootstrap's.
    let fewer = Array(numbers.dropLast())
    #expect(
      Statistics.meanInterval(of: fewer)
        == Statistics.confidenceInterval(of: [fewer], statistic: Statistics.mean))

    let many = (0..<2_000_000).map { Double($0 % 2) }
    let clock = ContinuousClock()
    var found: ClosedRange<Double>?
    let time = clock.measure { found = Statistics.meanInterval(of: many) }
    let reach: Double = 1.959963984540054 * 0.5 / 2e6.squareRoot()
    let lowest = try #require(found).lowerBound
    #expect(abs(lowest - 0.5 + reach) < 1e-9)
    // Two thousand resamples took minutes.
    #expect(time < .seconds(20))
    #expect(Statistics.meanInterval(of: Array(repeating: 7, count: 5_000)) == nil)
    for size in [1e-300, 1e300] {
      let scaled = try #require(Statistics.meanInterval(of: numbers.map { $0 * size }))
      #expect(abs(scaled.upperBound / size - interval.upperBound) < 1e-9)
    }
  }

  @Test("are a function of the numbers and the seed")
  func isDeterministic() {
    let strata = [[3.0, 1, 4, 1, 5], [9, 2, 6, 5, 3]]
    func interval(seed: UInt64) -> ClosedRange<Double> {
      Statistics.bootstrapInterval(
        of: strata, resamples: 7, seed: seed, statistic: Statistics.mean)
    }
    #expect((0..<9).allSatisfy { interval(seed: $0) == interval(seed: $0) })
    #expect(interval(seed: 1) != interval(seed: 2))
  }

  @Test(
    "compare the worst result with the best",
    arguments: [
      ([100, 500, 250], 0.2), ([-150, -300], 0.5), ([0, 10], 0), ([0, 0], 1), ([7], 1),
    ] as [([Double], Double)])
  func worstToBest(results: [Double], expected: Double) {
    #expect(Statistics.worstToBest(results) == expected)
  }

  @Test("say nothing about results of both signs")
  func worstToBestOfBothSigns() {
    #expect(Statistics.worstToBest([-1, 1]) == nil)
    #expect(Statistics.worstToBest([]) == nil)
  }
}
