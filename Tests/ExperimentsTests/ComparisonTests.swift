import ControlEnvironments
import Foundation
import Testing

@testable import Experiments
@testable import PolicyOptimization

@Suite("The result of a comparison")
struct ComparisonTests {
  private func plan(scales: [Double], seeds: Int) -> ComparisonPlan {
    ComparisonPlan(
      environment: "CartPole-v1", hyperparameters: SmallRun.hyperparameters,
      balancers: ["fixed", "every-10:gradnorm"], rewardScales: scales, seeds: seeds)
  }

  private func ends(of plan: ComparisonPlan, _ meanReturn: (RunConfiguration) -> Double?) throws
    -> [ComparedRun]
  {
    let trainer = try Trainer(CartPole(), SmallRun.hyperparameters, seed: 1, threads: 1)
    return plan.runs.map { run in
      ComparedRun(
        run.configuration,
        meanReturn(run.configuration).map { Evaluation(returns: [$0], lengths: [1]) },
        episodes: 1, trainer, seconds: 2, failure: run.configuration.seed == 3 ? "boom" : nil)
    }
  }

  @Test("is planned seed by seed, in folders whose names are apart")
  func plans() {
    let runs = plan(scales: [0.5, 2], seeds: 2).runs
    #expect(
      runs.map(\.name) == [
        "fixed-scale-0.5-seed-1", "every-10-gradnorm-scale-0.5-seed-1", "fixed-scale-2-seed-1",
        "every-10-gradnorm-scale-2-seed-1", "fixed-scale-0.5-seed-2",
        "every-10-gradnorm-scale-0.5-seed-2", "fixed-scale-2-seed-2",
        "every-10-gradnorm-scale-2-seed-2",
      ])
    #expect(runs[3].configuration.hyperparameters.rewardScale == 2)
    #expect(runs[3].configuration.hyperparameters.balancer == "every-10:gradnorm")
    #expect(plan(scales: [1], seeds: 1).runs.map(\.name)[0] == "fixed-seed-1")
  }

  @Test("has the statistics of each cell and over all scales")
  func summarizes() throws {
    let plan = plan(scales: [0.5, 2], seeds: 5)
    // fixed: 10, 20, 30, 40, 50 on the scale 0.5 and twice that on 2; the other the same there.
    let comparison = Comparison(
      try ends(of: plan) { run in
        let isFixed = run.hyperparameters.balancer == "fixed"
        return Double(run.seed) * 10 * (isFixed && run.hyperparameters.rewardScale == 2 ? 2 : 1)
      }, of: plan)
    #expect(comparison.cells.map(\.balancer).prefix(2) == ["fixed", "fixed"])
    #expect(comparison.cells.map(\.interquartileMean) == [30, 60, 30, 30])
    #expect(comparison.cells[0].worst == 10 && comparison.cells[0].best == 50)
    #expect(comparison.cells[0].runCount == 5 && comparison.cells[0].failedCount == 1)
    let low = try #require(comparison.cells[0].low)
    let high = try #require(comparison.cells[0].high)
    #expect(low < 30 && high > 30)
    #expect(comparison.note == nil)
    // Of 10 20 20 30 40 40 50 60 80 100 the middle six are 20 30 40 40 50 60.
    #expect(comparison.totals.map(\.interquartileMean) == [40, 30])
    #expect(comparison.totals.map(\.worstToBest) == [0.5, 1])
    #expect(comparison.cellRows().count == 5 && comparison.totalRows?.count == 3)
    #expect(comparison.cellRows()[1].last == "2.0")
    #expect(comparison.cellRows()[1].contains("0 of 5, 1 failed"))
    let csv = comparison.csv.split(separator: "\n")
    #expect(csv.count == 21)
    #expect(csv[1].hasPrefix("fixed,0.5,1,10.0,0.0,1,,,"))
  }

  @Test("leaves out the returns of runs that could not be evaluated, and says where there are none")
  func leavesGaps() throws {
    let plan = plan(scales: [0.5, 2], seeds: 6)
    // Of fixed on the scale 2 there is no return, of the other balancer the third is missing.
    let comparison = Comparison(
      try ends(of: plan) { run in
        if run.hyperparameters.balancer == "fixed" {
          return run.hyperparameters.rewardScale == 2 ? nil : Double(run.seed)
        }
        return run.seed == 3 ? nil : Double(run.seed)
      }, of: plan)
    let others = 11.0 / 3
    let means: [Double?] = [3.5, nil, others, others]
    #expect(comparison.cells.map(\.interquartileMean) == means)
    #expect(comparison.cells[1].best == nil && comparison.cells[1].runCount == 6)
    #expect(comparison.cellRows()[2].filter { $0 == "–" }.count == 4)
    #expect(comparison.totals.map(\.worstToBest) == [nil, 1])
    #expect(comparison.note == "A 95 % interval needs at least 5 seeds.")
    let json = try JSONSerialization.jsonObject(
      with: JSONEncoder().encode(comparison.cells[1]))
    #expect((json as? [String: Any])?["iqm"] is NSNull)
    #expect(comparison.csv.contains("fixed,2,1,,,1,"))
    try SmallRun.inFolder { folder in
      try comparison.runs[12].write(to: folder, RunLock(folder))
      #expect(ComparedRun.finished(in: folder, episodes: 1) == comparison.runs[12])
    }
  }

  @Test("needs no totals for one scale")
  func skipsTotals() throws {
    let plan = plan(scales: [1], seeds: 1)
    let comparison = Comparison(try ends(of: plan) { _ in 5 }, of: plan)
    #expect(comparison.totalRows == nil)
    #expect(comparison.cells.map(\.low) == [nil, nil])
    #expect(comparison.cellRows()[0][1] == "IQM")
  }

  @Test("has an interval only of seeds that are enough and differ", arguments: [1, 2, 4, 5])
  func claimsNothing(seeds: Int) throws {
    for scales in [[1.0], [0.5, 2]] {
      let plan = plan(scales: scales, seeds: seeds)
      let differing = Comparison(try ends(of: plan) { Double($0.seed) }, of: plan)
      let equal = Comparison(try ends(of: plan) { _ in 500 }, of: plan)
      #expect((differing.cells[0].low != nil) == (seeds >= 5))
      #expect(differing.totals.allSatisfy { ($0.high != nil) == (seeds >= 5) })
      #expect(equal.cells[0].low == nil && equal.totals.allSatisfy { $0.low == nil })
      for comparison in [differing, equal] where comparison.cells[0].low == nil {
        #expect(comparison.cellRows()[1].contains("–"))
        #expect(comparison.note != nil)
        let json = try JSONSerialization.jsonObject(
          with: JSONEncoder().encode(comparison.cells[0]))
        #expect((json as? [String: Any])?["iqm_low"] is NSNull)
      }
    }
  }

  @Test("is taken up again where the folder holds the same run, and only there")
  func recognizesRuns() throws {
    let run = plan(scales: [1], seeds: 1).runs[0]
    try SmallRun.inFolder { folder in
      try run.configuration.write(to: folder.configuration)
      #expect(try run.isBegun(in: folder))
      #expect(ComparedRun.finished(in: folder, episodes: 1) == nil)
      let end = try ends(of: plan(scales: [1], seeds: 1)) { _ in 7 }[0]
      try end.write(to: folder, RunLock(folder))
      #expect(ComparedRun.finished(in: folder, episodes: 1) == end)
      #expect(ComparedRun.finished(in: folder, episodes: 2) == nil)

      var other = run.configuration
      other.hyperparameters.hiddenSizes = [3]
      try other.write(to: folder.configuration)
      let error = #expect(throws: RecordError.self) { try run.isBegun(in: folder) }
      #expect(error?.description.contains("hidden-sizes 3") == true)
      try FileManager.default.removeItem(at: folder.configuration)
      #expect(throws: RecordError.self) { try run.isBegun(in: folder) }
    }
    #expect(try !run.isBegun(in: RunFolder(existing: URL(fileURLWithPath: "/nowhere"))))
  }
}
