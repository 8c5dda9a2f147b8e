import ControlEnvironments
import EnvironmentKit
import Foundation
import LossBalancing
import RandomStreams
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

@Suite("A run that was interrupted and resumed")
struct ResumeTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 1_500
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 50
    hyperparameters.minibatchSize = 110
    hyperparameters.updateEpochs = 2
    hyperparameters.annealsLearningRate = true
    hyperparameters.annealsClipRange = true
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.hiddenSizes = [8, 9]
    hyperparameters.evaluationEpisodes = 2
    adjust(&hyperparameters)
    return hyperparameters
  }

  /// The bytes at the end of a run, which stops when it has asked `pauses` times whether to, and
  /// each time goes on from what was stored.
  private func bytes(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters,
    pausingAfter pauses: [Int]
  ) throws -> Data {
    var trainer = try Trainer(environment, hyperparameters, seed: 6, threads: 2)
    for pause in pauses {
      var questions = 0
      try trainer.train(until: {
        questions += 1
        return questions > pause
      })
      #expect(!trainer.isFinished)
      let stored = try Checkpoint(trainer.checkpoint.file.data)
      trainer = try Trainer(environment, resuming: stored, threads: 1)
    }
    try trainer.train()
    return try trainer.checkpoint.file.data
  }

  /// An iteration asks once before it begins, once for each of its 50 steps and of its 6 minibatches;
  /// with the second begin evaluations, which ask once for each step.
  private func check(_ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters)
    throws
  {
    let expected = try bytes(environment, hyperparameters, pausingAfter: [])
    #expect(try bytes(environment, hyperparameters, pausingAfter: [71]) == expected)
    #expect(
      try bytes(environment, hyperparameters, pausingAfter: [0, 20, 55, 3, 111, 116, 2, 59])
        == expected)
  }

  @Test(
    "ends with the same bytes, in every environment",
    arguments: EnvironmentRegistry.builtIn.names)
  func everyEnvironment(name: String) throws {
    try check(
      EnvironmentRegistry.builtIn.environment(named: name),
      hyperparameters {
        $0.normalizesObservations = true
        $0.normalizesReturns = true
      })
  }

  @Test("ends with the same bytes, with every optimiser", arguments: OptimizerChoice.allCases)
  func everyOptimizer(optimizer: OptimizerChoice) throws {
    try check(
      CartPole(),
      hyperparameters {
        $0.optimizer = optimizer
        $0.weightDecay = 1e-3
      })
  }

  @Test(
    "ends with the same bytes, with every balancer",
    arguments: BalancerRegistry.standard.names + ["anchored:every-2:clamped:gradnorm"])
  func everyBalancer(balancer: String) throws {
    let hyperparameters = hyperparameters {
      $0.balancer = balancer
      $0.sharesTrunk = true
    }
    do {
      _ = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    } catch is BalancerError {
      return  // Not every method can balance a signed loss, and those say so.
    }
    try check(CartPole(), hyperparameters)
  }

  @Test(
    "ends with the same bytes, with every value target and with coefficients that move",
    arguments: ValueTarget.allCases)
  func everyValueTarget(target: ValueTarget) throws {
    try check(
      CartPole(),
      hyperparameters {
        $0.valueTarget = target
        $0.targetEntropy = 0.3
        $0.divergenceCoefficient = 0.2
        $0.adaptiveDivergenceTarget = 0.01
        $0.clipsValueLoss = true
        $0.balancer = "anchored-magnitude"
      })
  }

  @Test("goes on for more steps than were planned at first")
  func goesOnForLonger() throws {
    let short = hyperparameters {
      $0.totalTimesteps = 750
      $0.annealsLearningRate = false
      $0.annealsClipRange = false
      $0.evaluationInterval = 500
    }
    let first = try Trainer(CartPole(), short, seed: 6, threads: 1)
    try first.train()
    let resumed = try Trainer(
      CartPole(), resuming: first.checkpoint, totalTimesteps: 1_500, threads: 1)
    try resumed.train()
    var long = short
    long.totalTimesteps = 1_500
    let expected = try Trainer(CartPole(), long, seed: 6, threads: 1)
    try expected.train()
    #expect(resumed.policy.parameters.array == expected.policy.parameters.array)
    #expect(resumed.timestep == 1_500)
  }

  /// The usual network, which notes that it was initialised.
  private struct NotingNetwork: PolicyNetwork {
    let base: ActorCritic
    let initializations: Counter

    final class Counter: Sendable { let count = Atomic<Int>(0) }

    var layout: ParameterLayout { base.layout }

    func initialize(_ parameters: Buffer, seed: UInt64) {
      initializations.count.add(1, ordering: .relaxed)
      base.initialize(parameters, seed: seed)
    }

    func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
      base(observations, on: tape)
    }
  }

  @Test("initialises nothing that its checkpoint overwrites")
  func initializesNothing() throws {
    let counter = NotingNetwork.Counter()
    let network = try NotingNetwork(
      base: hyperparameters().makeNetwork(for: CartPole()), initializations: counter)
    let trainer = try Trainer(
      CartPole(), hyperparameters(), seed: 6, threads: 1, network: network)
    #expect(counter.count.load(ordering: .relaxed) == 1)
    let resumed = try Trainer(
      CartPole(), resuming: trainer.checkpoint, threads: 1, network: network)
    #expect(counter.count.load(ordering: .relaxed) == 1)
    #expect(resumed.policy.parameters.array == trainer.policy.parameters.array)
  }

  @Test("that had come to its end stays as it is")
  func staysAtItsEnd() throws {
    let trainer = try Trainer(CartPole(), hyperparameters(), seed: 6, threads: 1)
    try trainer.train()
    let resumed = try Trainer(CartPole(), resuming: trainer.checkpoint, threads: 1)
    #expect(resumed.isFinished)
    try resumed.train { _ in Issue.record("nothing was left to do") }
    let (before, after) = try (trainer.checkpoint.file.data, resumed.checkpoint.file.data)
    #expect(before == after)
  }

  @Test("goes back to the iteration before where a number is not finite, and fails there again")
  func goesBack() throws {
    let environment = Broken(limit: 100)
    let hyperparameters = hyperparameters {
      $0.stepsPerRollout = 20
      $0.minibatchSize = 50
    }
    let trainer = try Trainer(environment, hyperparameters, seed: 6, threads: 1)
    let first = #expect(throws: TrainingError.self) { try trainer.train() }
    #expect(trainer.timestep == 100)
    let resumed = try Trainer(environment, resuming: trainer.checkpoint, threads: 1)
    let second = #expect(throws: TrainingError.self) { try resumed.train() }
    #expect(first?.description == second?.description)
    #expect(first?.description.contains("began at timestep 100; the seed is 6") == true)
  }

  @Test("of another environment, or with another balancer in it, is refused")
  func refusesOthers() throws {
    let trainer = try Trainer(CartPole(), hyperparameters(), seed: 6, threads: 1)
    let checkpoint = try trainer.checkpoint
    expectRefusal("in CartPole-v1, not in Acrobot-v1") {
      _ = try Trainer(Acrobot(), resuming: checkpoint, threads: 1)
    }
    for (key, sentence) in [
      ("balancer", "usable balancer"), ("episodes", "usable episodes"),
      ("progress", "usable progress"),
    ] {
      var file = checkpoint.file
      file.metadata[key] = nil
      file.metadata["checksum"] = nil
      let damaged = try Checkpoint(file.data)
      expectRefusal(sentence) { _ = try Trainer(CartPole(), resuming: damaged, threads: 1) }
    }
    var file = checkpoint.file
    file.metadata["checksum"] = nil
    file.metadata["timestep"] = "77"
    let damaged = try Checkpoint(file.data)
    expectRefusal("counters") { _ = try Trainer(CartPole(), resuming: damaged, threads: 1) }
  }

  private func expectRefusal(_ part: String, _ body: () throws -> Void) {
    let error = #expect(throws: CheckpointError.self) { try body() }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test("of format version 1 is refused by name, but its policy can be used")
  func readsVersion1() throws {
    let checkpoint = try Checkpoint(fixture("Checkpoints/version-1.safetensors"))
    let policy = try checkpoint.policy(for: CartPole())
    #expect(try policy.evaluate(in: CartPole(), episodes: 10, seed: 1).meanReturn > 9)
    expectRefusal("format version 1") {
      _ = try Trainer(CartPole(), resuming: checkpoint, threads: 1)
    }
  }
}
