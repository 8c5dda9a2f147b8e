import LossBalancing
import Testing

@Suite struct BalanceReportTests {
  @Test func `S2.3: weighted norms become shares`() {
    let report = report(of: [1, 0.1], rows: [[0.8, 0], [0, 0.2]])
    #expect(agree(report.gradientNorms, [0.8, 0.2]))
    #expect(agree(report.shares, [0.97560976, 0.02439024]))
    #expect(agree([report.imbalance], [40]))
  }

  @Test(arguments: zip([1, 0.5, 0, -0.5, -1], [0.02439, 0.01280, 0.00062, -0.01217, -0.02564]))
  func `S2.4: what a term contributes depends on the angle`(cosine: Double, share: Double) {
    let sine = (1 - cosine * cosine).squareRoot()
    let report = report(of: [1, 0.1], rows: [[0.8, 0], [0.2 * cosine, 0.2 * sine]])
    #expect(agree([report.projectionShares[1]], [share], within: 6e-6))
    #expect(agree([report.projectionShares.reduce(0, +)], [1]))
    #expect(agree(report.cosines, [1, cosine, cosine, 1]))
  }

  @Test func `what was not measured is nan`() {
    var report = BalanceReport(terms: terms(1, 1))
    let balancer = FixedCoefficients(terms: terms(1, 1))
    report.record([1, 1], chosenBy: balancer, from: .init([2, 3]), measured: .values)
    #expect(report.values == [2, 3])
    #expect(report.imbalance.isNaN)
    #expect(report.magnitudes.allSatisfy { $0.isNaN })
    #expect(report.gradientNorms.allSatisfy { $0.isNaN })
    #expect(report.shares.allSatisfy { $0.isNaN })
    #expect(report.projectionShares.allSatisfy { $0.isNaN })
    #expect(report.cosines.allSatisfy { $0.isNaN })
  }

  @Test func `a term without weight needs no gradient`() {
    var report = BalanceReport(terms: terms(1, 1, 0))
    var measurement = LossMeasurement(rows: [[3, 0], [0, 4], [1, 1]])
    for index in [2, 5, 6, 7, 8] { measurement.gramian[index] = .nan }
    report.record(
      [1, 0.5, 0], chosenBy: FixedCoefficients(terms: terms(1, 1, 0)), from: measurement,
      measured: .featureGradients)
    #expect(report.gradientNorms[2].isNaN)
    #expect(agree(report.shares, [0.6, 0.4, 0]))
    #expect(agree(report.projectionShares, [9 / 13.0, 4 / 13.0, 0]))
  }

  @Test func `averages pass over what was not measured`() {
    let balancer = FixedCoefficients(terms: terms(1, 1))
    var report = BalanceReport(terms: terms(1, 1))
    var averages = BalanceAverages(after: report)
    #expect(averages.gradientNorms.allSatisfy { $0.isNaN })
    for (weights, level) in [([1.0, 2], RequiredInformation.magnitudes), ([3, 4], .gramian)] {
      report.record(
        weights, chosenBy: balancer, from: .init(rows: [[3, 0], [0, 4]]), measured: level)
      averages.add(report)
    }
    #expect(averages.weights == [2, 3])
    #expect(averages.gradientNorms == [3, 4])
    #expect(averages.cosines == [1, 0, 0, 1])
    #expect(agree(averages.shares, [9 / 25.0, 16 / 25.0]))
  }

  @Test func `averages count limits from where they begin`() throws {
    var balancer = try LogNormalization(terms: terms(1, 1), relativeFloor: 0.5)
    var report = BalanceReport(terms: balancer.terms)
    var averages = BalanceAverages(after: report)
    for (step, value) in [1, 0.1, 0.1, 0.1].enumerated() {
      if step == 2 { averages = BalanceAverages(after: report) }
      let measurement = LossMeasurement([value, 1])
      let weights = balancer.weights(for: measurement)
      report.record(weights, chosenBy: balancer, from: measurement, measured: .magnitudes)
      averages.add(report)
    }
    #expect(report.clampCounts == [3, 0])
    #expect(averages.clampCounts == [2, 0])
  }

  @Test func `clamps and numbers that are not finite are counted`() throws {
    var balancer = try LogNormalization(terms: terms(1, 1), relativeFloor: 0.5)
    var report = BalanceReport(terms: balancer.terms)
    for values in [[1.0, 1], [0.1, 1], [0.1, .nan]] {
      let measurement = LossMeasurement(values)
      let weights = balancer.weights(for: measurement)
      report.record(weights, chosenBy: balancer, from: measurement, measured: .magnitudes)
    }
    #expect(report.clampCounts == [2, 0])
    #expect(report.nonFiniteCounts == [0, 1])
  }

  private func report(of weights: [Double], rows: [[Double]]) -> BalanceReport {
    var report = BalanceReport(terms: terms(1, 1))
    report.record(
      weights, chosenBy: FixedCoefficients(terms: terms(1, 1)), from: .init(rows: rows),
      measured: .featureGradients)
    return report
  }
}
