import ControlEnvironments
import EnvironmentKit
import NeuralNetworks
import PolicyKinds
import Testing

@testable import PolicyOptimization

@Suite(
  "Learning what can only be remembered",
  .enabled(if: isOptimized, "Learning needs an optimised build: swift test -c release"))
struct MemoryLearningTests {
  /// Positions alone; how fast they change, the cart's and the pole's, is hidden.
  private let cartPole = VelocityHidden(CartPole(), sees: [0, 2])
  /// The direction of the pendulum; how fast it turns is hidden.
  private let pendulum = VelocityHidden(Pendulum(), sees: [0, 1])

  /// Returns are normalised: without, the values of CartPole, which go up to 100, leave the policy
  /// no part of a trunk that is shared.
  private func hyperparameters(_ recurrence: RecurrentCell?) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 120_000
    hyperparameters.environmentCount = 16
    hyperparameters.stepsPerRollout = 64
    hyperparameters.minibatchSize = 256
    hyperparameters.updateEpochs = 8
    hyperparameters.learningRate = 2e-3
    hyperparameters.annealsLearningRate = true
    hyperparameters.normalizesReturns = true
    hyperparameters.hiddenSizes = [32]
    hyperparameters.sharesTrunk = true
    hyperparameters.recurrence = recurrence
    hyperparameters.recurrentSize = 32
    hyperparameters.evaluationInterval = 0
    return hyperparameters
  }

  private func pendulumHyperparameters(_ recurrence: RecurrentCell?) -> Hyperparameters {
    var hyperparameters = hyperparameters(recurrence)
    hyperparameters.totalTimesteps = 160_000
    hyperparameters.stepsPerRollout = 128
    hyperparameters.discount = 0.9
    return hyperparameters
  }

  /// The mean returns that three seeds reach, from the lowest on.
  private func returns(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters
  ) throws -> [Double] {
    try (1...3 as ClosedRange<UInt64>).map { seed in
      let trainer = try Trainer(environment, hyperparameters, seed: seed, threads: 2)
      try trainer.train()
      return try trainer.policy.evaluate(in: environment, episodes: 50, seed: 1000 + seed)
        .meanReturn
    }.sorted()
  }

  @Test("balances a pole whose velocity is hidden", arguments: RecurrentCell.allCases)
  func balancesPole(cell: RecurrentCell) throws {
    let reached = try returns(cartPole, hyperparameters(cell))
    // All three reach about 500.
    #expect(reached[1] >= 475, "\(reached)")
  }

  @Test("does not balance it without memory")
  func needsMemoryToBalance() throws {
    let reached = try returns(cartPole, hyperparameters(nil))
    #expect(reached[2] < 100, "\(reached)")
  }

  @Test("swings up a pendulum whose velocity is hidden")
  func swingsUp() throws {
    let reached = try returns(pendulum, pendulumHyperparameters(.gru))
    // From −350 to −230; seeing the velocity, about −200 at this point.
    #expect(reached[1] > -350, "\(reached)")
  }

  @Test("does not swing it up without memory")
  func needsMemoryToSwingUp() throws {
    let reached = try returns(pendulum, pendulumHyperparameters(nil))
    // Doing nothing gives about −1200.
    #expect(reached[2] < -900, "\(reached)")
  }
}
