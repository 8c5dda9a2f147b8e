import EnvironmentKit
import Foundation
import PolicyOptimization
import TensorCore
import Testing

/// What a simulator that steps all its copies itself gets from the trainer.
@Suite("A batch of environments of a user's own")
struct OwnBatchTests {
  private let hyperparameters = {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 6 * 5 * 16
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 16
    hyperparameters.minibatchSize = 20
    hyperparameters.hiddenSizes = [8]
    hyperparameters.evaluationInterval = 160
    hyperparameters.evaluationEpisodes = 3
    return hyperparameters
  }()

  private func parameters(
    of environment: any BatchableEnvironment, threads: Int
  ) throws -> [Float] {
    let trainer = try Trainer(environment, hyperparameters, seed: 2, threads: threads)
    try trainer.train()
    return trainer.policy.parameters.array
  }

  @Test("trains to the bits of the same task as a value", arguments: [1, 2, 5])
  func equalsValues(threads: Int) throws {
    let expected = try parameters(of: Lamps(), threads: 1)
    #expect(try parameters(of: SimulatedLamps(), threads: threads) == expected)
    #expect(try parameters(of: SimulatedLamps(maximumShares: 1), threads: threads) == expected)
    #expect(try parameters(of: SimulatedLamps(canTakeBack: false), threads: threads) == expected)
  }

  @Test("goes on from a checkpoint as if it had not been interrupted")
  func resumes() throws {
    let trainer = try Trainer(SimulatedLamps(), hyperparameters, seed: 2, threads: 2)
    try trainer.train(until: { trainer.timestep >= 240 })
    #expect(trainer.timestep == 240)
    let checkpoint = try Checkpoint(trainer.checkpoint.data)
    let resumed = try Trainer(SimulatedLamps(), resuming: checkpoint, threads: 1)
    try resumed.train()
    #expect(resumed.policy.parameters.array == (try parameters(of: Lamps(), threads: 1)))
  }

  @Test("that fails stops the run with its sentence, before the iteration", arguments: [1, 2])
  func fails(threads: Int) throws {
    let trainer = try Trainer(
      SimulatedLamps(failingStep: 20), hyperparameters, seed: 2, threads: threads)
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    let sentence = try #require(error?.description)
    #expect(sentence.contains("could not be stepped, at timestep 100 of the run"), "\(sentence)")
    #expect(sentence.contains("The lamp is broken."), "\(sentence)")
    #expect(trainer.timestep == 80)
  }

  @Test("that fails in an evaluation stops it with its sentence")
  func failsInEvaluation() throws {
    let trainer = try Trainer(Lamps(), hyperparameters, seed: 2, threads: 1)
    let error = #expect(throws: EvaluationError.self) {
      try trainer.policy.evaluate(in: SimulatedLamps(failingStep: 1), episodes: 2, seed: 1)
    }
    #expect(error?.problem == .simulator("The lamp is broken."))
    #expect(error?.description.contains("episode 0 of an evaluation in Lamps") ?? false)
  }

  @Test("that tells a return that is not finite stops training and evaluation")
  func refusesReturns() throws {
    let lamps = SimulatedLamps(toldReturn: .nan)
    let trainer = try Trainer(lamps, hyperparameters, seed: 2, threads: 1)
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    #expect(error?.description.contains("a return of an episode") ?? false)
    #expect(throws: EvaluationError.self) {
      try trainer.policy.evaluate(in: lamps, episodes: 2, seed: 1)
    }
  }

  @Test("plays the episodes that a viewer shows, and waits at their ends")
  func waitsAtEnds() throws {
    let trainer = try Trainer(Lamps(), hyperparameters, seed: 2, threads: 1)
    let player = try PolicyPlayer(trainer.policy, in: Lamps())
    let expected = try trainer.policy.evaluate(in: Lamps(), episodes: 3, seed: 9)
    for environment in [Lamps(), SimulatedLamps()] as [any BatchableEnvironment] {
      let batch = try EpisodeRunner(of: environment, numbers: 0..<3, seed: 9)
      for row in 0..<3 {
        var (last, steps) = (try batch.step([row], by: player, isStochastic: false)[0], 1)
        while !batch.hasEnded(row) {
          last = try batch.step([row], by: player, isStochastic: false)[0]
          steps += 1
        }
        #expect(last.ending == .truncated)
        #expect(last.episodeReturn == expected.returns[row])
        #expect(steps == expected.lengths[row])
        try batch.begin(row)
        #expect(!batch.hasEnded(row))
      }
    }
  }
}
