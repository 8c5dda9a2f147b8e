import ControlEnvironments
import EnvironmentKit
import Foundation
import LossBalancing
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("A training run")
struct TrainerTests {
  /// A run of a few iterations.
  private func small(_ adjust: (inout Hyperparameters) -> Void = { _ in }) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 2_000
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 60
    hyperparameters.minibatchSize = 140
    hyperparameters.updateEpochs = 3
    hyperparameters.discount = 0.98
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.hiddenSizes = [16, 17]
    adjust(&hyperparameters)
    return hyperparameters
  }

  private func checkpoint(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, seed: UInt64 = 1,
    threads: Int
  ) throws -> Data {
    let trainer = try Trainer(environment, hyperparameters, seed: seed, threads: threads)
    try trainer.train()
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try trainer.checkpoint.write(to: url)
    return try Data(contentsOf: url)
  }

  @Test(
    "gives the same bytes on any number of threads",
    arguments: BalancerRegistry.standard.names, [false, true])
  func isIndependentOfThreads(balancer: String, sharesTrunk: Bool) throws {
    let hyperparameters = small {
      $0.balancer = balancer
      $0.sharesTrunk = sharesTrunk
    }
    let one: Data
    do {
      one = try checkpoint(CartPole(), hyperparameters, threads: 1)
    } catch is BalancerError {
      return  // Not every method can balance a signed loss, and those say so.
    }
    #expect(try checkpoint(CartPole(), hyperparameters, threads: 2) == one)
    #expect(try checkpoint(CartPole(), hyperparameters, threads: 3) == one)
    #expect(try checkpoint(CartPole(), hyperparameters, seed: 2, threads: 2) != one)
  }

  @Test("does so with real actions and normalisers, too")
  func isIndependentOfThreadsWithNormalizers() throws {
    let hyperparameters = small {
      $0.normalizesObservations = true
      $0.normalizesReturns = true
      $0.clipsValueLoss = true
    }
    let one = try checkpoint(Pendulum(), hyperparameters, threads: 1)
    #expect(try checkpoint(Pendulum(), hyperparameters, threads: 4) == one)
  }

  @Test("sees the ratio 1 exactly at its first minibatch", arguments: [false, true])
  func startsAtRatioOne(sharesTrunk: Bool) throws {
    let hyperparameters = small {
      $0.sharesTrunk = sharesTrunk
      $0.updateEpochs = 1
      $0.minibatchSize = $0.rolloutSize
      $0.totalTimesteps = $0.rolloutSize
    }
    for environment in [CartPole(), Pendulum()] as [any Environment] {
      let report = try #require(try firstReport(of: environment, hyperparameters))
      #expect(report.approximateDivergence == 0)
      #expect(report.clipFraction == 0)
    }
  }

  private func firstReport(
    of environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters
  ) throws -> UpdateReport? {
    var first: UpdateReport?
    try Trainer(environment, hyperparameters, seed: 3, threads: 2).train { event in
      if case .updated(let report) = event, first == nil { first = report }
    }
    return first
  }

  @Test("survives minibatches of a single row")
  func survivesSingleRows() throws {
    let hyperparameters = small {
      $0.environmentCount = 1
      $0.stepsPerRollout = 7
      $0.minibatchSize = 3  // 3, 3 and 1
      $0.totalTimesteps = 70
    }
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    let parameters = trainer.policy.parameters.array
    #expect(parameters.filter { !$0.isFinite }.isEmpty)
  }

  @Test("values a loop that earns 1 a step, cut off by a time limit, at 1 / (1 − γ)")
  func bootstrapsAtTimeLimits() throws {
    // Taken for the end of the task, the limit of 5 steps gives the mean of 1 … 1 + γ + … + γ⁴.
    #expect(abs(try valueOfLoop(bootstraps: true) - 10) < 0.2)
    #expect(abs(try valueOfLoop(bootstraps: false) - 2.63) < 0.2)
  }

  private func valueOfLoop(bootstraps: Bool) throws -> Float {
    let hyperparameters = small {
      $0.totalTimesteps = 60_000
      $0.discount = 0.9
      $0.hiddenSizes = []
      $0.learningRate = 0.02
      $0.annealsLearningRate = true
      $0.bootstrapsAtTimeLimits = bootstraps
      $0.normalizesReturns = false
    }
    let trainer = try Trainer(ConstantReward(), hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    let tape = Tape(isRecording: false)
    tape.reset(parameters: trainer.policy.parameters)
    let output = trainer.policy.network(
      tape.constant(Tensor(shape: [1, 1], [1])), on: tape)
    return output.value.tensor.numbers[0]
  }

  @Test("normalises advantages over the rows that it is told to")
  func normalizesAdvantages() throws {
    let rollout = Rollout(
      steps: 4, environments: 2, observationCount: 1, actionCount: 1,
      normalizesObservations: false)
    for row in 0..<8 { rollout.advantages[row] = Float(row * row) }
    rollout.normalizeAdvantages()
    let numbers = rollout.advantages.array.map(Double.init)
    #expect(abs(numbers.reduce(0, +)) < 1e-5)
    #expect(abs(numbers.reduce(0) { $0 + $1 * $1 } / 7 - 1) < 1e-5)
    let checkpoints = try Set(
      [AdvantageNormalization.minibatch, .rollout, .none].map { choice in
        try checkpoint(CartPole(), small { $0.advantageNormalization = choice }, threads: 2)
      })
    #expect(checkpoints.count == 3)
  }

  @Test(
    "tells in which environment and when an observation was no number",
    arguments: [
      (Broken(limit: 100), "gave an observation", 150),
      (Broken(limit: 30), "gave a last observation of an episode", 150),
    ])
  func findsBadObservations(environment: Broken, what: String, timestep: Int) throws {
    let trainer = try Trainer(environment, small(), seed: 1, threads: 2)
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    let message = try #require(error.map { "\($0)" })
    #expect(message.contains("Environment 0 \(what) that is not finite, at timestep \(timestep)"))
  }

  @Test("stops where a step blows up, and goes back to good parameters")
  func keepsGoodParameters() throws {
    for epochs in [1, 3] {
      let trainer = try Trainer(
        CartPole(),
        small {
          $0.learningRate = 1e300
          $0.updateEpochs = epochs
        }, seed: 1, threads: 1)
      let before = trainer.policy.parameters.array
      #expect(throws: TrainingError.self) { try trainer.train() }
      #expect(trainer.policy.parameters.array == before)
    }
  }

  @Test(
    "stops where a loss has a value and no gradient, whoever balances",
    arguments: ["fixed", "gradnorm", "upgrad"])
  func findsBadGradients(balancer: String) throws {
    // √(0²) is 0, and its slope 0/0.
    let loss = AuxiliaryLoss(LossTerm(name: "mine", kind: .nonNegative)) { _, output, _ in
      squareRoot(square(output.value * 0))
    }
    for detectsAnomalies in [false, true] {
      let trainer = try Trainer(
        CartPole(), small { $0.balancer = balancer }, seed: 1, threads: 1, auxiliaryLosses: [loss],
        detectsAnomalies: detectsAnomalies)
      let error = #expect(throws: TrainingError.self) { try trainer.train() }
      let message = try #require(error.map { "\($0)" })
      #expect(message.contains("gradient"))
      let origin = "It comes from the pullback of the operation squareRoot(_:)"
      #expect(message.contains(origin) == detectsAnomalies)
    }
  }

  @Test("looks after every step for the parameter that blew up, if asked to")
  func findsBadParameters() throws {
    let hyperparameters = small { $0.learningRate = 1e300 }
    let messages = try [false, true].map { detectsAnomalies in
      let trainer = try Trainer(
        CartPole(), hyperparameters, seed: 1, threads: 1, detectsAnomalies: detectsAnomalies)
      let error = #expect(throws: TrainingError.self) { try trainer.train() }
      return error?.description ?? ""
    }
    #expect(messages[0].contains("at minibatch 2 of the run"))
    #expect(messages[1].contains("norm of the parameters after the step"))
    #expect(messages[1].contains("at minibatch 1 of the run"))
    #expect(messages[1].contains("the parameter policy.0.weight itself"))
  }

  @Test("a loss of one's own is part of the sum")
  func addsAuxiliaryLosses() throws {
    let loss = AuxiliaryLoss(LossTerm(name: "mine", kind: .nonNegative)) { _, output, _ in
      square(output.value - 3)
    }
    let hyperparameters = small {
      $0.totalTimesteps = 6_000
      $0.valueCoefficient = 0
      $0.learningRate = 1e-2
    }
    let trainer = try Trainer(
      CartPole(), hyperparameters, seed: 1, threads: 2, auxiliaryLosses: [loss])
    try trainer.train()
    let tape = Tape(isRecording: false)
    tape.reset(parameters: trainer.policy.parameters)
    let output = trainer.policy.network(
      tape.constant(Tensor(shape: [1, 4], [0, 0, 0, 0])), on: tape)
    #expect(abs(output.value.tensor.numbers[0] - 3) < 0.3)
  }

  struct Refusal: Sendable {
    let sentence: String
    let adjust: @Sendable (inout Hyperparameters) -> Void
  }

  static let refusals = [
    Refusal(sentence: "environmentCount is 0") { $0.environmentCount = 0 },
    Refusal(sentence: "totalTimesteps 10 is less") { $0.totalTimesteps = 10 },
    Refusal(sentence: "minibatchSize 500 is more") { $0.minibatchSize = 500 },
    Refusal(sentence: "discount is 1.5") { $0.discount = 1.5 },
    Refusal(sentence: "learningRate is nan") { $0.learningRate = .nan },
    Refusal(sentence: "maximumGradientNorm is inf") { $0.maximumGradientNorm = .infinity },
    Refusal(sentence: "optimizerEpsilon is 0") { $0.optimizerEpsilon = 0 },
    Refusal(sentence: "hiddenSizes contains") { $0.hiddenSizes = [.max] },
    Refusal(sentence: "no balancer") { $0.balancer = "lgo" },
  ]

  @Test("refuses hyperparameters that do not fit, in a sentence", arguments: refusals)
  func refusesBadHyperparameters(_ refusal: Refusal) throws {
    let error = #expect(throws: (any Error).self) {
      try Trainer(CartPole(), small { refusal.adjust(&$0) }, seed: 1, threads: 1)
    }
    let message = try #require(error.map { "\($0)" })
    #expect(message.contains(refusal.sentence))
  }
}

/// Earns 1 at every step, for ever; the time limit cuts it off after 5.
struct ConstantReward: Environment {
  let name = "ConstantReward"
  let observationSpace = BoxSpace(lowest: [1], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 5

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: 1, terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }
}

/// Gives an observation that is no number after 30 steps.
struct Broken: Environment {
  let limit: Int

  let name = "Broken"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  var timeLimit: Int? { limit }

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: 0, terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = state == 30 ? .nan : 0
  }
}
