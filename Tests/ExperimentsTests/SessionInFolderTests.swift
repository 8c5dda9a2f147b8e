import ControlEnvironments
import Experiments
import Foundation
import PolicyOptimization
import Testing

@Suite("A session that is made for a folder")
struct SessionInFolderTests {
  private var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 512
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 16
    hyperparameters.minibatchSize = 32
    hyperparameters.updateEpochs = 2
    hyperparameters.hiddenSizes = [8]
    return hyperparameters
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("session-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try body(url)
  }

  private func session(_ url: URL, resumes: Bool = true) throws -> TrainingSession {
    try TrainingSession(
      of: CartPole(), hyperparameters, seed: 3, in: url, resumes: resumes, threads: 1,
      writesTensorBoard: false)
  }

  @Test("begins, goes on where it stopped, and ends with the bytes of a run without a pause")
  func resumes() throws {
    try inFolder { url in
      let (whole, paused) = (url.appendingPathComponent("a"), url.appendingPathComponent("b"))
      let expected = try session(whole).run()
      #expect(try session(paused).run(pausingAt: 128).totalTimesteps == 128)
      let summary = try session(paused).run()
      #expect(summary.totalTimesteps == expected.totalTimesteps)
      let files = try [whole, paused].map {
        try Data(contentsOf: RunFolder(existing: $0).checkpoint)
      }
      #expect(files[0] == files[1])
      // A run that is complete stays as it is.
      #expect(try session(paused).run().wallSeconds == summary.wallSeconds)
    }
  }

  @Test("refuses a folder that is taken, and another configuration")
  func refuses() throws {
    try inFolder { url in
      let folder = url.appendingPathComponent("run")
      _ = try session(folder).run(pausingAt: 128)
      let before = try Data(contentsOf: RunFolder(existing: folder).checkpoint)
      #expect(throws: RunFolderError.self) { try session(folder, resumes: false) }
      var other = hyperparameters
      other.learningRate *= 2
      let error = #expect(throws: ConfigurationError.self) {
        try TrainingSession(of: CartPole(), other, seed: 3, in: folder, resumes: true)
      }
      #expect(error?.description.contains("keeps its seed and hyperparameters") == true)
      #expect(throws: ConfigurationError.self) {
        try TrainingSession(of: CartPole(), hyperparameters, seed: 4, in: folder, resumes: true)
      }
      #expect(try Data(contentsOf: RunFolder(existing: folder).checkpoint) == before)
    }
  }

  @Test("leaves no folder where nothing can be trained")
  func leavesNothing() throws {
    try inFolder { url in
      var wrong = hyperparameters
      wrong.learningRate = -1
      let folder = url.appendingPathComponent("run")
      #expect(throws: InvalidHyperparameter.self) {
        try TrainingSession(of: CartPole(), wrong, in: folder)
      }
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
  }
}
