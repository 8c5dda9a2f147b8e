import ControlEnvironments
import Foundation
import PolicyOptimization
import Testing

@testable import Experiments

@Suite("Thinned records")
struct RecordThinningTests {
  @Test("keep the first update, the last, and one in each part of the run")
  func choosesUpdates() {
    let thinning = RecordThinning(count: 10, totalTimesteps: 25_600)
    let kept = stride(from: 256, through: 25_600, by: 256).filter {
      thinning.keeps($0, after: $0 - 256)
    }
    #expect(kept.count == 11)
    #expect(kept.first == 256 && kept.last == 25_600)
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $1 - $0 <= 2_560 })
  }

  @Test("are all there where there are no more than that, or where all are asked for")
  func keepsAll() {
    for thinning in [
      RecordThinning(count: 10, totalTimesteps: 2_560), RecordThinning(count: 0, totalTimesteps: 9),
    ] {
      #expect(
        stride(from: 256, through: 2_560, by: 256).allSatisfy {
          thinning.keeps($0, after: $0 - 256)
        })
    }
    let huge = RecordThinning(totalTimesteps: 1 << 52)
    #expect(!huge.keeps(1 << 40, after: 1 << 40 - 256) || !huge.keeps(1 << 20, after: 1 << 19))
  }

  private static let hyperparameters = {
    var hyperparameters = SmallRun.hyperparameters
    hyperparameters.totalTimesteps = 40 * 256
    hyperparameters.updateEpochs = 1
    hyperparameters.evaluationInterval = 3_000
    hyperparameters.evaluationEpisodes = 1
    return hyperparameters
  }()

  private func inFolder<Result>(_ body: (RunFolder) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("thinned-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(
      RunFolder(
        creating: url,
        for: RunConfiguration(
          environment: "CartPole-v1", seed: 1, hyperparameters: Self.hyperparameters)))
  }

  private func session(_ folder: RunFolder, records: Int = 8) throws -> TrainingSession {
    let trainer =
      try folder.latestCheckpoint == nil
      ? Trainer(CartPole(), Self.hyperparameters, seed: 1)
      : Trainer(CartPole(), resuming: folder.loadLatestCheckpoint())
    return try TrainingSession(trainer, in: folder, lock: RunLock(folder), records: records)
  }

  /// The table without the columns that depend on the clock.
  private func table(_ folder: RunFolder) throws -> [[String]] {
    let record = try ProgressRecord(contentsOf: folder.progress)
    let places = record.columns.indices.filter {
      !["charts/SPS", "charts/seconds", "charts/elapsed_seconds"].contains(record.columns[$0])
    }
    return record.rows.map { row in places.map { String(row[$0]) } }
  }

  /// The names and steps of the numbers in the files for TensorBoard.
  private func evaluationsInTensorBoard(_ folder: RunFolder) throws -> Int {
    let name = Data(ProgressScalars.evaluationName.utf8)
    return try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      .filter { $0.hasPrefix("events") }
      .reduce(0) { count, file in
        let data = try Data(contentsOf: folder.url.appendingPathComponent(file))
        var (found, start) = (0, data.startIndex)
        while let range = data.range(of: name, in: start..<data.endIndex) {
          (found, start) = (found + 1, range.upperBound)
        }
        return count + found
      }
  }

  @Test(
    "of a run whose evaluations were interrupted are those of one that was not", arguments: [8, 0])
  func completesInterruptedEvaluations(records: Int) throws {
    let (whole, shown) = try inFolder { folder in
      _ = try session(folder, records: records).run()
      return try (table(folder), evaluationsInTensorBoard(folder))
    }
    try inFolder { folder in
      for stop in [3_072, 6_144] {
        var isStopped = false
        let summary = try session(folder, records: records).run { event in
          if case .updated(let report) = event, report.timestep == stop { isStopped = true }
        } until: {
          isStopped
        }
        #expect(summary.totalTimesteps == stop)
        let record = try ProgressRecord(contentsOf: folder.progress)
        #expect(record.steps.last == stop)
        #expect(record[ProgressScalars.evaluationName]?.last?.isNaN == true)
      }
      _ = try session(folder, records: records).run()
      #expect(try table(folder) == whole)
      #expect(try evaluationsInTensorBoard(folder) == shown)
    }
  }

  @Test("of a run that was killed are those of one that was not, wherever its checkpoint was made")
  func survivesCrashes() throws {
    let whole = try inFolder { folder in
      _ = try session(folder).run()
      return try table(folder)
    }
    // The first has an evaluation, which alone makes its row stay; the second has none, and what
    // follows it has.
    for (checkpoint, crash) in [(3_072, 5_120), (2_816, 3_072)] {
      try inFolder { folder in
        _ = try session(folder).run(pausingAt: checkpoint)
        let stored = try Data(contentsOf: folder.checkpoint)
        _ = try session(folder).run(pausingAt: crash)
        try stored.write(to: folder.checkpoint)
        _ = try session(folder).run()
        #expect(try table(folder) == whole, "\(checkpoint), \(crash)")
      }
    }
  }

  private func steps(_ folder: RunFolder) throws -> [Int] {
    try ProgressRecord(contentsOf: folder.progress).steps
  }

  @Test("of an interrupted run are those of one that was not, and show the latest update meanwhile")
  func resumesExactly() throws {
    let whole = try inFolder { folder in
      _ = try session(folder).run()
      return try steps(folder)
    }
    // One in each of 8 parts, the first, and the evaluations.
    #expect(whole.count >= 9 && whole.count < 20)
    for pauses in [
      [256], [512, 768], [3_000, 5_000, 9_000], Array(stride(from: 256, to: 10_240, by: 1_280)),
    ] {
      try inFolder { folder in
        for pause in pauses {
          let summary = try session(folder).run(pausingAt: pause)
          #expect(try steps(folder).last == summary.totalTimesteps)
          let seconds = try ProgressRecord(contentsOf: folder.progress).seconds
          #expect(abs(seconds - summary.wallSeconds) < 1e-3 * summary.wallSeconds + 1e-6)
        }
        _ = try session(folder).run()
        #expect(try steps(folder) == whole, "\(pauses)")
      }
    }
  }

  @Test("hold every evaluation, and the row at which the task was solved")
  func keepsEvaluations() throws {
    try inFolder { folder in
      _ = try session(folder).run()
      let record = try ProgressRecord(contentsOf: folder.progress)
      let evaluations = try #require(record[ProgressScalars.evaluationName]).filter(\.isFinite)
      #expect(evaluations.count == 4)
    }
  }
}
