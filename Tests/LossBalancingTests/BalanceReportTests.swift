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
