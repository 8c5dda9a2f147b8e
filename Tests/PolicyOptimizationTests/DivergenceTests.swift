import ControlEnvironments
import EnvironmentKit
import LossBalancing
import NeuralNetworks
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("A number that leaves single precision")
struct DivergenceTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 400
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 20
    hyperparameters.minibatchSize = 40
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [4]
    hyperparameters.normalizesReturns = false
    adjust(&hyperparameters)
    return hyperparameters
  }

  private func sentence(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters,
    _ losses: [AuxiliaryLoss] = []
  ) throws -> String {
    let trainer = try Trainer(
      environment, hyperparameters, seed: 1, threads: 1, auxiliaryLosses: losses)
    let before = trainer.policy.parameters.array
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    // What is stored then can be read.
    let stored = try Checkpoint(trainer.checkpoint.file.data)
    let read = try Trainer(
      environment, resuming: stored, threads: 1, auxiliaryLosses: losses)
    #expect(read.timestep == trainer.timestep)
    #expect(trainer.timestep > 0 || trainer.policy.parameters.array == before)
    return error?.description ?? ""
  }

  @Test(
    "in the memory of the optimiser stops the run and names the memory and the parameter",
    arguments: OptimizerChoice.allCases)
  func inOptimizer(optimizer: OptimizerChoice) throws {
    // Its gradient is finite, but not its square; what goes by the gradient itself takes more steps.
    let size: Float = optimizer == .sgd ? 6e37 : 1e25
    let loss = AuxiliaryLoss(LossTerm(name: "mine", kind: .signed)) { _, output, _ in
      output.value * size
    }
    let sentence = try sentence(
      CartPole(),
      hyperparameters {
        $0.optimizer = optimizer
        $0.maximumGradientNorm = nil
        $0.learningRate = 1e-40
        $0.updateEpochs = 2
      }, [loss])
    #expect(sentence.contains("of the optimiser for value."), "\(sentence)")
    #expect(sentence.contains("is inf at minibatch") || sentence.contains("is -inf at minibatch"))
    #expect(sentence.contains("limit the norm of the gradient"))
  }

  @Test("in the memory of the optimiser stops also an update that ends at its target divergence")
  func inShortUpdate() throws {
    let loss = AuxiliaryLoss(LossTerm(name: "mine", kind: .signed)) { _, output, _ in
      output.value * 1e25
    }
    let sentence = try sentence(
      CartPole(),
      hyperparameters {
        $0.maximumGradientNorm = nil
        $0.updateEpochs = 2
        $0.targetDivergence = 1e-12
      }, [loss])
    #expect(sentence.contains("of the optimiser for value."), "\(sentence)")
  }

  @Test("after an update names the minibatches that may have made it, and with anomalies the first")
  func inEarlierMinibatches() throws {
    let loss = AuxiliaryLoss(LossTerm(name: "mine", kind: .signed)) { _, output, _ in
      output.value * 1e25
    }
    let hyperparameters = hyperparameters {
      $0.maximumGradientNorm = nil
      $0.learningRate = 1e-40
      $0.updateEpochs = 3
    }
    func sentence(detectingAnomalies: Bool) throws -> String {
      let trainer = try Trainer(
        CartPole(), hyperparameters, seed: 1, threads: 1, auxiliaryLosses: [loss],
        detectsAnomalies: detectingAnomalies)
      return #expect(throws: TrainingError.self) { try trainer.train() }?.description ?? ""
    }
    let late = try sentence(detectingAnomalies: false)
    #expect(
      late.contains(
        """
        is inf at minibatch 3 of the run; it must be finite. It was looked at after the update; any \
        minibatch from 1 on may have made it.
        """), "\(late)")
    let early = try sentence(detectingAnomalies: true)
    #expect(
      early.contains("is inf at minibatch 1 of the run; it must be finite. Lower"), "\(early)")
  }

  @Test("in the value's loss is blamed on the returns that it is to predict, and their factor")
  func inValueLoss() throws {
    let scaled = try sentence(
      CartPole(),
      hyperparameters {
        $0.rewardScale = 1e25
        $0.valueTarget = .raw
      })
    #expect(scaled.contains("The loss term value is inf at minibatch 1 of the run"), "\(scaled)")
    #expect(
      scaled.contains(", since rewards are multiplied by 1e+25: lower the factor of the rewards,"),
      "\(scaled)")
    let large = try sentence(
      Pendulum().scalingRewards(by: 1e25), hyperparameters { $0.valueTarget = .raw })
    #expect(
      large.contains(
        ": let the environment give smaller rewards, or normalise the returns, or look"),
      "\(large)")
    #expect(large.contains("The value is to predict returns of up to"))
  }

  @Test("in a reward that was scaled, or summed up, is found where it was made")
  func inRewards() throws {
    let scaled = try sentence(
      Pendulum().scalingRewards(by: 1e20), hyperparameters { $0.rewardScale = 1e30 })
    #expect(scaled.contains("The scaled reward of environment 0 at timestep 0 of the run is -inf"))
    #expect(
      scaled.contains(
        "rewards are too large for single precision. Lower the factor of the rewards."))
    let summed = try sentence(
      Pendulum().scalingRewards(by: 1e37), hyperparameters { $0.normalizesReturns = true })
    #expect(summed.contains("The discounted return of environment"), "\(summed)")
    #expect(
      summed.contains(
        "rewards are too large for single precision. Lower the factor of the rewards."))
  }

  @Test("in an advantage is blamed on the values where those are large, and on rewards else")
  func inAdvantages() throws {
    let rollout = Rollout(
      steps: 2, environments: 2, observationCount: 1, actionCount: 1,
      normalizesObservations: false)
    rollout.advantages[3] = .infinity
    rollout.rewards[2] = 10
    rollout.values[5] = 2e38
    var error = #expect(throws: TrainingError.self) { try rollout.checkAdvantages(after: 100) }
    var hyperparameters = hyperparameters { $0.normalizesReturns = true }
    error?.remedy = hyperparameters.remedyAgainstDivergence()
    #expect(
      error?.description.contains(
        """
        The advantage of environment 1 at timestep 102 of the run is inf, though the reward was \
        finite: the values that the network gives have grown to 2e+38. Lower the learning rate, or \
        normalise the observations.
        """) == true, "\(String(describing: error))")
    hyperparameters.normalizesObservations = true
    #expect(hyperparameters.remedyAgainstDivergence() == "Lower the learning rate")
    rollout.values[5] = 1
    error = #expect(throws: TrainingError.self) { try rollout.checkAdvantages(after: 100) }
    #expect(error?.description.contains("rewards are too large") == true)
    rollout.advantages[3] = 0
    rollout.returns[0] = .nan
    error = #expect(throws: TrainingError.self) { try rollout.checkAdvantages(after: 100) }
    #expect(error?.description.contains("The return of environment 0 at timestep 100") == true)
  }

  @Test("in the value of an episode that was cut off is found")
  func inFinalValues() throws {
    let rollout = Rollout(
      steps: 2, environments: 2, observationCount: 1, actionCount: 1,
      normalizesObservations: false)
    rollout.finalValues[2] = .infinity
    try rollout.checkValues(after: 100)
    rollout.endings[2] = .truncated
    let error = #expect(throws: TrainingError.self) { try rollout.checkValues(after: 100) }
    #expect(error?.place == .policy(environment: 0, timestep: 104))
  }

  @Test("in a parameter that a network begins with is refused, and so is a name that is taken")
  func inFirstParameters() throws {
    let infinite = Begins(with: .infinity, named: "own")
    let refused = #expect(throws: NetworkMismatch.self) {
      try Trainer(CartPole(), hyperparameters(), seed: 1, threads: 1, network: infinite)
    }
    #expect(refused?.description.contains("begins with inf in the parameter own") == true)
    for name in ["memory", "environments", "optimizer.first"] {
      let error = #expect(throws: NetworkMismatch.self) {
        try Trainer(
          CartPole(), hyperparameters(), seed: 1, threads: 1,
          network: Begins(with: 0, named: name))
      }
      #expect(error?.description.contains("a parameter named \(name)") == true)
    }
  }
}

/// The usual network for CartPole with one parameter more.
private struct Begins: PolicyNetwork {
  let number: Float
  let base: ActorCritic
  let layout: ParameterLayout

  init(with number: Float, named name: String) {
    guard
      let base = try? ActorCritic(
        observationCount: 4, actionSpace: .discrete(count: 2), hiddenSizes: [4])
    else { preconditionFailure("CartPole has two choices.") }
    self.base = base
    self.number = number
    var layout = base.layout
    _ = layout.add(name, Shape(1))
    self.layout = layout
  }

  func initialize(_ parameters: Buffer, seed: UInt64) {
    base.initialize(parameters, seed: seed)
    parameters[layout.count - 1] = number
  }

  func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
    base(observations, on: tape)
  }
}
