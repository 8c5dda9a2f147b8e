import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import StoredFiles

/// A run that several processes share: what the command does beside training.
enum SharedRun {
  /// Trains beside rank 0, which writes and prints, until it has ended.
  static func accompany(_ trainer: Trainer) {
    let interruption = Interruption()
    do {
      try trainer.train(until: { interruption.isRequested })
    } catch {
      // The same on all ranks, and rank 0 says it.
    }
    trainer.finishRanks()
  }

  /// Ends the work of all ranks after an error that all have.
  ///
  /// - Throws: ``SharedEnd`` with the exit status, where there are several.
  static func end(_ trainer: Trainer, _ code: ExitCode) throws {
    if trainer.ranks.count == 1 { return }
    trainer.finishRanks()
    throw SharedEnd(code: code)
  }

  /// Says so where more processes hardly make a run faster: the environment is a value of this program,
  /// whose steps take microseconds.
  static func warn(about trainer: Trainer, splitsUpdate: Bool) {
    guard trainer.ranks.count > 1, !splitsUpdate, trainer.environment is any Environment else {
      return
    }
    tell(
      "\(trainer.ranks.count) processes share the steps of \(trainer.environment.name), which take little "
        + "time beside the update that each process does: one process with more threads is faster.")
  }

  // MARK: Resuming

  /// Gives the other ranks what they need to go on with a run whose folder only rank 0 has.
  static func send(_ folder: RunFolder, to ranks: any RankGroup) throws {
    if ranks.count == 1 { return }
    for file in files(of: folder) {
      let content = try exists(file) ? Array(fileContents(of: file)) : []
      _ = ranks.gather(content)
    }
  }

  /// Does something with a copy of the folder of rank 0, and removes it.
  static func withCopy(from ranks: any RankGroup, _ body: (RunFolder) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("ppo-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = RunFolder(existing: url)
    for file in files(of: folder) {
      let content = ranks.gather([UInt8]())[0]
      if !content.isEmpty { try Data(content).write(to: file) }
    }
    try body(folder)
  }

  private static func files(of folder: RunFolder) -> [URL] {
    [folder.configuration, folder.checkpoint, folder.best]
  }
}
