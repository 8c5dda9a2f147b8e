import Foundation
import LossBalancing
import PolicyOptimization
import Testing

@testable import Experiments

@Suite("A table of progress")
struct ProgressTableTests {
  private func write(_ rows: some Sequence<[Double]>, to folder: RunFolder) throws {
    let table = try ProgressTable(url: folder.progress, scalars: SmallRun.scalars)
    for row in rows { table.add(row) }
    try table.close()
  }

  @Test("holds what the updates reported, under the names of the contract")
  func holdsReports() throws {
    let reports = try SmallRun.reports()
    let rows = try SmallRun.rows()
    try SmallRun.inFolder { folder in
      try write(rows, to: folder)
      let record = try ProgressRecord(contentsOf: folder.progress)
      #expect(record.steps == [256, 512, 768, 1024, 1280])
      func matches(_ column: String, _ value: (UpdateReport) -> Double) -> Bool {
        record[column] == reports.map { Double(String(Float(value($0)))) ?? .nan }
      }
      #expect(matches("losses/policy_loss", \.policyLoss))
      #expect(matches("losses/entropy", \.entropy))
      #expect(matches("charts/learning_rate", \.learningRate))
      #expect(matches("balance/weight/value") { $0.weights[1] })
      #expect(matches("balance/gradient_norm/policy") { $0.balance.gradientNorms[0] })
      #expect(matches("balance/share/entropy") { $0.balance.shares[2] })
      #expect(matches("balance/projection_share/value") { $0.balance.projectionShares[1] })
      #expect(matches("balance/magnitude/policy") { $0.balance.magnitudes[0] })
      #expect(matches("balance/value/value") { $0.balance.values[1] })
      #expect(matches("balance/cosine/policy:entropy") { $0.balance.cosines[2] })
      #expect(matches("balance/cosine/value:entropy") { $0.balance.cosines[5] })
      #expect(record["balance/clamps/policy"]?.count == 5)
      #expect(record["charts/seconds"] == [1, 2, 3, 4, 5])
    }
  }

  @Test("leaves cells empty where gradients were not measured")
  func leavesGaps() throws {
    let report = try #require(try SmallRun.reports(balancer: "fixed").first)
    let values = SmallRun.scalars.values(of: report, stepsPerSecond: 1, seconds: 1)
    for (name, value) in zip(SmallRun.scalars.names, values) {
      let isUnknown = ["gradient_norm/", "share/", "cosine/", "eval/"].contains {
        name.contains($0)
      }
      #expect(value.isNaN == isUnknown, "\(name)")
    }
  }

  @Test("survives the name of a term that has a comma in it")
  func cleansNames() {
    let names = ProgressScalars(termNames: ["a,\"b\"\n"]).names
    #expect(names.contains("balance/weight/a__b__"))
    #expect(names.allSatisfy { !$0.contains(",") })
  }

  @Test(
    "that a run continues is that of a run without a break",
    arguments: ["", "1024,1.5,3", "768,,,,,", "2560"], [0, 256, 768, 1280])
  func continuesWhole(rest: String, timestep: Int) throws {
    let rows = try SmallRun.rows()
    try SmallRun.inFolder { folder in
      try write(rows, to: folder)
      let whole = try Data(contentsOf: folder.progress)
      try (whole + Data(rest.utf8)).write(to: folder.progress)
      let table = try ProgressTable(
        continuing: folder.progress, at: timestep, scalars: SmallRun.scalars)
      #expect(try ProgressRecord(contentsOf: folder.progress).steps.allSatisfy { $0 <= timestep })
      for row in rows where row[0] > Double(timestep) { table.add(row) }
      try table.close()
      #expect(try Data(contentsOf: folder.progress) == whole)
    }
  }

  @Test("is mended if an older break left rows twice")
  func mendsRepeatedRows() throws {
    let rows = try SmallRun.rows()
    try SmallRun.inFolder { folder in
      try write(rows[0..<3] + rows[1..<4], to: folder)
      _ = try ProgressTable(continuing: folder.progress, at: 1024, scalars: SmallRun.scalars)
      #expect(try ProgressRecord(contentsOf: folder.progress).steps == [256, 512, 768, 1024])
      let lines = try String(contentsOf: folder.progress, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 5)
    }
  }

  @Test("keeps the columns of another version")
  func keepsOtherColumns() throws {
    try SmallRun.inFolder { folder in
      try Data("old,charts/SPS,global_step\n7,30,256\n8,31,512\n".utf8).write(to: folder.progress)
      let table = try ProgressTable(
        continuing: folder.progress, at: 256, scalars: SmallRun.scalars)
      table.add(try SmallRun.rows()[1])
      try table.close()
      let record = try ProgressRecord(contentsOf: folder.progress)
      #expect(record.columns == SmallRun.scalars.names + ["old"])
      #expect(record.steps == [256, 512])
      #expect(record["charts/SPS"] == [30, 256])
      let old = try #require(record["old"])
      #expect(old[0] == 7 && old[1].isNaN)
    }
  }

  @Test("is started if there is none to continue")
  func startsMissingTable() throws {
    try SmallRun.inFolder { folder in
      let table = try ProgressTable(
        continuing: folder.progress, at: 256, scalars: SmallRun.scalars)
      try table.close()
      #expect(try ProgressRecord(contentsOf: folder.progress).columns == SmallRun.scalars.names)
    }
  }

  @Test("that is damaged is set aside, and a new one is begun")
  func setsDamageAside() throws {
    try SmallRun.inFolder { folder in
      let damaged = Data("global_step,a\nx,1\n256,1\n".utf8)
      try damaged.write(to: folder.progress)
      let table = try ProgressTable(
        continuing: folder.progress, at: 256, scalars: SmallRun.scalars)
      try table.close()
      let aside = try #require(table.setAside)
      #expect(try Data(contentsOf: aside) == damaged)
      #expect(try ProgressRecord(contentsOf: folder.progress).steps.isEmpty)
    }
  }
}
