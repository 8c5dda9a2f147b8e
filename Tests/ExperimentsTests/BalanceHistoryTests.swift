import PolicyOptimization
import Testing

@testable import Experiments

@Suite("The table at the end of a run")
struct BalanceHistoryTests {
  @Test("has the means of the updates, and says which loss was the longest")
  func summarizes() throws {
    let reports = try SmallRun.reports()
    var history = BalanceHistory()
    for report in reports { history.add(report) }
    let rows = try #require(history.rows)
    #expect(rows.map { $0[0] } == ["loss", "policy", "value", "entropy"])
    let weight = Statistics.mean(reports.map { $0.weights[1] })
    let shown = try #require(Double(rows[2][1]))
    #expect(abs(shown / weight - 1) < 0.01)
    // How often each was the longest adds up to all updates.
    let parts = rows.dropFirst().compactMap { Int($0[5].prefix { $0 != " " }) }
    #expect(parts.reduce(0, +) == 100)
    let verdict = try #require(history.verdict)
    let winner = ["policy", "value", "entropy"][parts.firstIndex(of: parts.max() ?? 0) ?? 0]
    #expect(verdict.contains(winner))
  }

  @Test("has a dash for the gradient of a loss without weight, which is not measured")
  func showsUnknownNorms() throws {
    var hyperparameters = SmallRun.hyperparameters
    hyperparameters.entropyCoefficient = 0
    var history = BalanceHistory()
    for report in try SmallRun.reports(hyperparameters) { history.add(report) }
    let rows = try #require(history.rows)
    #expect(rows[3][2] == "–" && rows[3][3] == "0 %")
    #expect(rows[1...2].allSatisfy { !$0.contains("–") })
  }

  @Test("is not there where gradients were never measured")
  func needsGradients() throws {
    var history = BalanceHistory()
    for report in try SmallRun.reports(balancer: "fixed") { history.add(report) }
    #expect(history.rows == nil)
    #expect(history.verdict == nil)
  }
}
