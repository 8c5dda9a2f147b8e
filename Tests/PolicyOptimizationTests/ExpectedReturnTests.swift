import EnvironmentKit
import Foundation
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// Earns 20 at each step, whatever is done, until it is cut off.
private struct Salary: Environment {
  let name = "Salary-v1"
  let timeLimit: Int? = 10
  let observationSpace = BoxSpace(symmetric: [1])
  let actionSpace = ActionSpace.discrete(count: 2)

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome { Outcome(reward: 20, terminated: false) }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }
}

@Suite("The return that a policy expects")
struct ExpectedReturnTests {
  private func trainer(_ adjust: (inout Hyperparameters) -> Void) throws -> Trainer {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 40_960
    hyperparameters.environmentCount = 8
    hyperparameters.stepsPerRollout = 64
    hyperparameters.hiddenSizes = [16]
    hyperparameters.discount = 0.8
    hyperparameters.learningRate = 3e-3
    hyperparameters.maximumGradientNorm = nil
    hyperparameters.normalizesReturns = false
    adjust(&hyperparameters)
    return try Trainer(Salary(), hyperparameters, seed: 1, threads: 1)
  }

  private func value(_ policy: TrainedPolicy) throws -> Double {
    let decision = try PolicyPlayer(policy, in: Salary()).decide([1], drawing: nil)[0]
    return Double(try #require(decision.value))
  }

  @Test(
    "Is in the environment's rewards, whatever unit the network learns in",
    arguments: [false, true], [1, 0.01])
  func isInTheEnvironmentsUnits(normalizesReturns: Bool, rewardScale: Double) throws {
    let trainer = try trainer {
      $0.normalizesReturns = normalizesReturns
      $0.rewardScale = rewardScale
    }
    try trainer.train()
    // r / (1 − γ)
    let value = try value(trainer.policy)
    #expect(abs(value - 100) < 5, "\(value)")
  }

  @Test("Is the same from a trainer and from its checkpoint", arguments: ValueTarget.allCases)
  func survivesStorage(target: ValueTarget) throws {
    let trainer = try trainer {
      $0.totalTimesteps = 512
      $0.normalizesReturns = true
      $0.rewardScale = 0.5
      $0.valueTarget = target
    }
    try trainer.train()
    let checkpoint = try trainer.checkpoint
    #expect(try value(checkpoint.policy(for: Salary())) == value(trainer.policy))
    let unit = try #require(trainer.policy.rewardUnit)
    #expect(unit == Double(try #require(trainer.returnNormalizer).deviation) / 0.5)
  }

  @Test("A checkpoint without the deviation of its returns is refused")
  func refusesWithoutDeviation() throws {
    let trainer = try trainer {
      $0.totalTimesteps = 512
      $0.normalizesReturns = true
    }
    let whole = try trainer.checkpoint
    var file = whole.file
    file.metadata["return_normalizer"] = nil
    let checkpoint = Checkpoint(
      environment: whole.environment, seed: whole.seed, timestep: whole.timestep,
      hyperparameters: whole.hyperparameters, file: file)
    let error = #expect(throws: CheckpointError.self) { _ = try checkpoint.policy(for: Salary()) }
    #expect(error?.description.contains("the deviation of its returns") == true)
  }
}
