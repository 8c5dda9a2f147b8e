import EnvironmentKit
import Foundation
import PolicyOptimization
import RandomStreams
import Testing

@testable import Experiments

/// A simulator that fails in its fortieth step.
private struct Fuse: Environment {
  final class State: Codable, @unchecked Sendable {
    // Only one thread at a time steps a state.
    var steps = 0
  }

  let name = "Fuse"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 1_000

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    return Outcome(reward: state.steps == 40 ? .nan : 0, terminated: false)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.steps) / 1_000
  }
}

@Suite("A session whose environment fails")
struct FailedSessionTests {
  @Test("keeps the last good checkpoint where an iteration cannot be taken back")
  func keepsLastGoodCheckpoint() throws {
    var hyperparameters = SmallRun.hyperparameters
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 16
    hyperparameters.minibatchSize = 64
    hyperparameters.evaluationInterval = 0
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("failed-session-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = try RunFolder(
      creating: url,
      for: RunConfiguration(environment: "Fuse", seed: 1, hyperparameters: hyperparameters))
    let trainer = try Trainer(Fuse(), hyperparameters, seed: 1, threads: 1)
    let session = try TrainingSession(
      trainer, in: folder, lock: RunLock(folder), secondsBetweenCheckpoints: 0)
    let error = #expect(throws: TrainingError.self) { try session.run() }

    // Two iterations of 16 steps went well. From there it fails again at the same place.
    let resumed = try Trainer(Fuse(), resuming: Checkpoint(contentsOf: folder.checkpoint))
    #expect(resumed.timestep == 2 * 64)
    let again = #expect(throws: TrainingError.self) { try resumed.train() }
    #expect(again?.description == error?.description)
  }
}
