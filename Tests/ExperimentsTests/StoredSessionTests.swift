import ControlEnvironments
import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles
import Testing

@testable import Experiments

@Suite("The files of a session when something happens to them")
struct StoredSessionTests {
  private func session(
    in folder: RunFolder, _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) throws -> TrainingSession {
    var hyperparameters = SmallRun.hyperparameters
    adjust(&hyperparameters)
    let configuration = RunConfiguration(
      environment: "CartPole-v1", seed: 1, hyperparameters: hyperparameters)
    let lock = try RunLock(folder)
    try configuration.write(to: folder, lock)
    return try TrainingSession(
      Trainer(CartPole(), hyperparameters, seed: 1, threads: 1), in: folder, lock: lock,
      secondsBetweenCheckpoints: 0, showsWarnings: false)
  }

  @Test("the best checkpoint is written later where that failed, as it was then")
  func writesBestLater() throws {
    func best(isHindered: Bool) throws -> Data {
      try SmallRun.inFolder { folder in
        let session = try session(in: folder) {
          $0.evaluationInterval = 512
          $0.evaluationEpisodes = 1
        }
        var (evaluations, updates) = (0, 0)
        _ = try session.run { event in
          if case .updated(let report) = event {
            updates += 1
            if isHindered, report.timestep == 256 { try? makeFolders(to: folder.best) }
          }
          guard case .evaluated(let evaluation) = event else { return }
          evaluations += evaluation.isBest ? 1 : 0
        } until: {
          // It stops before another evaluation could be better.
          if isHindered, updates == 3 { rmdir(folder.best.path) }
          return updates == 3
        }
        #expect(evaluations == 1)
        return try Data(contentsOf: folder.best)
      }
    }
    let (expected, late) = (try best(isHindered: false), try best(isHindered: true))
    #expect(try Checkpoint(late).timestep == 512)
    #expect(late == expected)
  }

  @Test(
    "a folder in the place of a file is found before training",
    arguments: [
      "summary.json", "progress.csv", "best.safetensors", "checkpoint.safetensors",
    ])
  func findsFolders(name: String) throws {
    try SmallRun.inFolder { folder in
      try makeFolders(to: folder.url.appendingPathComponent(name))
      let error = #expect(throws: RunFolderError.self) { try RunLock(folder) }
      #expect(error?.description.contains("\(name) is a folder") == true)
    }
  }

  @Test("a folder that was moved or removed is told of at the end, however soon that comes")
  func tellsOfMovedFolders() throws {
    for isRemoved in [false, true] {
      let moved = FileManager.default.temporaryDirectory.appendingPathComponent("moved-\(UUID())")
      defer { try? FileManager.default.removeItem(at: moved) }
      try SmallRun.inFolder { folder in
        let session = try session(in: folder)
        var isStopped = false
        let error = #expect(throws: RunFolderError.self) {
          try session.run { event in
            guard case .updated = event, !isStopped else { return }
            isStopped = true
            try? FileManager.default.moveItem(at: folder.url, to: moved)
            if isRemoved { try? FileManager.default.removeItem(at: moved) }
          } until: {
            isStopped
          }
        }
        let expected = isRemoved ? "it was removed, with all" : "move that back"
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
        let checkpoint = RunFolder(existing: moved).checkpoint
        #expect(FileManager.default.fileExists(atPath: checkpoint.path) == !isRemoved)
      }
    }
  }
}
