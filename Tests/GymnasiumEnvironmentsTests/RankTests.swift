import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import PolicyOptimization
import RandomStreams
import TestSupport
import Testing

/// Ranks each start workers of their own; the ranks are threads here.
@Suite("A run in Gymnasium that ranks share", .enabled(if: Stub.isAvailable))
struct RankTests {
  private var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 240
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 16
    hyperparameters.minibatchSize = 40
    hyperparameters.hiddenSizes = [8]
    hyperparameters.normalizesObservations = true
    return hyperparameters
  }

  /// How the run ends on each rank: the checkpoint of rank 0, or the sentence of an error.
  private func ends(
    ranks: Int, _ options: [String: OptionValue] = ["length": 7], pausingAt pause: Int? = nil,
    from stored: Data? = nil
  ) throws -> [Result<Data, any Error>] {
    let hyperparameters = hyperparameters
    return ThreadRanks.run(ranks) { group in
      let environment = try Stub.environment("Count-v0", options, workers: 1)
      let trainer =
        if let stored {
          try Trainer(environment, resuming: Checkpoint(stored), threads: 1, ranks: group)
        } else {
          try Trainer(environment, hyperparameters, seed: 4, threads: 1, ranks: group)
        }
      let training = Result {
        try trainer.train(until: {
          group.rank == 0 && pause.map { trainer.timestep >= $0 } ?? false
        })
      }
      let data = Result { try group.rank == 0 ? trainer.checkpoint.data : Data() }
      trainer.finishRanks()
      try training.get()
      return try data.get()
    }
  }

  private func bytes(
    ranks: Int, pausingAt pause: Int? = nil, from stored: Data? = nil
  ) throws -> Data {
    let ends = try ends(ranks: ranks, pausingAt: pause, from: stored).map { try $0.get() }
    return ends[0]
  }

  @Test("ends with the bytes of one process, also where it was paused on another number of ranks")
  func sameBytes() throws {
    let expected = try bytes(ranks: 1)
    #expect(try bytes(ranks: 2) == expected)
    #expect(try bytes(ranks: 3) == expected)
    let stored = try bytes(ranks: 2, pausingAt: 80)
    #expect(stored != expected)
    #expect(try bytes(ranks: 1, from: stored) == expected)
    #expect(try bytes(ranks: 3, from: stored) == expected)
  }

  @Test("ends on all ranks with the sentence of the environment that failed on one")
  func failure() throws {
    // Episodes of 9 to 11 steps, of which only the longest comes to the step that fails.
    let ends = try ends(ranks: 3, ["length": 9, "fault": "step", "at": 11])
    let sentences = ends.map { end in
      #expect(throws: TrainingError.self) { try end.get() }?.description
    }
    #expect(Set(sentences).count == 1)
    #expect(sentences[0]?.contains("a wheel came off") == true)
    #expect(sentences[0]?.contains("could not be stepped") == true)
  }
}
