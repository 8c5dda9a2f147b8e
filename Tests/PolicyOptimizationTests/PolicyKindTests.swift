import ControlEnvironments
import EnvironmentKit
import Foundation
import NeuralNetworks
import PolicyKinds
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

extension PolicyKind: CustomTestStringConvertible {}

/// What must hold for every kind of policy.
@Suite("A run with another kind of policy")
struct PolicyKindTests {
  @Test("gives the same bytes on any number of threads", arguments: PolicyKind.all)
  func isIndependentOfThreads(_ kind: PolicyKind) throws {
    let one = try checkpoint(kind.environment, kind.hyperparameters, threads: 1)
    #expect(try checkpoint(kind.environment, kind.hyperparameters, threads: 2) == one)
    #expect(try checkpoint(kind.environment, kind.hyperparameters, threads: 3) == one)
    #expect(try checkpoint(kind.environment, kind.hyperparameters, seed: 2, threads: 2) != one)
  }

  private func checkpoint(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, seed: UInt64 = 1,
    threads: Int
  ) throws -> Data {
    let trainer = try Trainer(environment, hyperparameters, seed: seed, threads: threads)
    try trainer.train()
    return try trainer.checkpoint.file.data
  }

  @Test("sees the ratio 1 exactly at its first minibatch", arguments: PolicyKind.all)
  func startsAtRatioOne(_ kind: PolicyKind) throws {
    var hyperparameters = kind.hyperparameters
    hyperparameters.updateEpochs = 1
    hyperparameters.minibatchSize = hyperparameters.rolloutSize
    for report in try reports(kind.environment, hyperparameters) {
      #expect(report.approximateDivergence == 0)
      #expect(report.clipFraction == 0)
    }
  }

  private func reports(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters
  ) throws -> [UpdateReport] {
    var reports: [UpdateReport] = []
    try Trainer(environment, hyperparameters, seed: 3, threads: 2).train { event in
      if case .updated(let report) = event { reports.append(report) }
    }
    return reports
  }

  @Test("ends with the same bytes where it was interrupted and resumed", arguments: PolicyKind.all)
  func resumes(_ kind: PolicyKind) throws {
    let whole = try bytes(kind.environment, kind.hyperparameters, pausingAfter: [])
    #expect(try bytes(kind.environment, kind.hyperparameters, pausingAfter: [7]) == whole)
    #expect(try bytes(kind.environment, kind.hyperparameters, pausingAfter: [0, 6, 3, 4]) == whole)
  }

  /// The bytes at the end of a run that stops when it was asked so often whether to, and each time
  /// goes on from what was stored.
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

  @Test("leaves a checkpoint that acts as the policy does", arguments: PolicyKind.all)
  func survivesCheckpoint(_ kind: PolicyKind) throws {
    try checkEvaluation(kind.environment, kind.hyperparameters)
  }

  private func checkEvaluation(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters
  ) throws {
    let trainer = try Trainer(environment, hyperparameters, seed: 4, threads: 2)
    try trainer.train()
    let stored = try Checkpoint(trainer.checkpoint.file.data)
    #expect(stored.hyperparameters == hyperparameters)
    let policy = try stored.policy(for: environment)
    #expect(policy.parameters.array == trainer.policy.parameters.array)
    for isStochastic in [false, true] {
      let expected = try trainer.policy.evaluate(
        in: environment, episodes: 7, seed: 2, isStochastic: isStochastic)
      #expect(
        try policy.evaluate(in: environment, episodes: 7, seed: 2, isStochastic: isStochastic)
          == expected)
      // An episode goes as it goes, however many others there are.
      let fewer = try policy.evaluate(
        in: environment, episodes: 3, seed: 2, isStochastic: isStochastic)
      #expect(fewer.returns == Array(expected.returns[..<3]))
      for rows in [1, 3, 7] {
        let run = try EvaluationRun(
          of: policy, in: environment, numbers: 0..<7, seed: 2, isStochastic: isStochastic,
          rowsAtOnce: rows)
        while run.isRunning { try run.step() }
        #expect(run.evaluation == expected, "\(rows) rows at once")
      }
    }
  }

  struct Refusal: Sendable {
    let sentence: String
    let environment: any Environment
    let adjust: @Sendable (inout Hyperparameters) -> Void
  }

  static let refusals = [
    Refusal(
      sentence: "stepsPerRollout is 60; a recurrent network", environment: Trapdoors(counts: [2])
    ) {
      $0.recurrence = .gru
      $0.sequenceLength = 16
    },
    Refusal(sentence: "minibatchSize is 100;", environment: Trapdoors(counts: [2])) {
      $0.recurrence = .lstm
      $0.minibatchSize = 100
    },
    Refusal(sentence: "sequenceLength is 0", environment: Trapdoors(counts: [2])) {
      $0.sequenceLength = 0
    },
    Refusal(sentence: "recurrentSize is 20000", environment: Trapdoors(counts: [2])) {
      $0.recurrentSize = 20_000
    },
    Refusal(sentence: "explorationInterval is 0;", environment: Trapdoors(counts: [2])) {
      $0.explorationInterval = 0
    },
    Refusal(
      sentence: "initialLogDeviation is 3.0; it must be from -20 to 2",
      environment: Trapdoors(counts: [2])
    ) { $0.initialLogDeviation = 3 },
    Refusal(sentence: "only real numbers are squashed", environment: Trapdoors(counts: [2])) {
      $0.squashesActions = true
    },
    Refusal(sentence: "deviation is gsde, but the actions", environment: Trapdoors(counts: [2])) {
      $0.deviation = .gsde
    },
    Refusal(sentence: "only what has two finite bounds can be squashed", environment: Unbounded()) {
      $0.squashesActions = true
    },
    Refusal(
      sentence: "initialLogDeviation is -6.0; with deviation network it must be from -5.0 to 2.0",
      environment: Unbounded()
    ) {
      $0.deviation = .network
      $0.initialLogDeviation = -6
    },
    Refusal(
      sentence: "explorationInterval is 4, but with deviation parameter no noise is kept",
      environment: Pendulum()
    ) { $0.explorationInterval = 4 },
    Refusal(
      sentence: "initialLogDeviation is -1.0, but the actions are choices",
      environment: Trapdoors(counts: [2])
    ) { $0.initialLogDeviation = -1 },
    Refusal(
      sentence: "Unbounded: hasActionMask is true, but actions are real numbers",
      environment: Unbounded(hasActionMask: true)
    ) { _ in },
    Refusal(
      sentence: "Trapdoors: component 1 of the action has 0 choices",
      environment: Trapdoors(counts: [2, 0])
    ) { _ in },
    Refusal(
      sentence: "targetEntropy is 2.0, which no policy here reaches: its entropy is from 0.0 to "
        + "1.7917595 nats", environment: Trapdoors(counts: [2, 3])
    ) {
      $0.targetEntropy = 2
    },
    Refusal(
      sentence:
        "targetEntropy is 0.7, which no policy here reaches: its entropy is from -inf to "
        + "0.6931472 nats", environment: Pendulum()
    ) {
      $0.targetEntropy = 0.7
      $0.squashesActions = true
    },
  ]

  @Test("is refused where hyperparameters do not fit, in a sentence", arguments: refusals)
  func refusesBadHyperparameters(_ refusal: Refusal) throws {
    var hyperparameters = PolicyKind.all[0].hyperparameters
    refusal.adjust(&hyperparameters)
    let error = #expect(throws: (any Error).self) {
      try make(refusal.environment, hyperparameters)
    }
    let message = try #require(error.map { "\($0)" })
    #expect(message.contains(refusal.sentence), "\(message)")
  }

  private func make(_ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters)
    throws
  {
    _ = try Trainer(environment, hyperparameters, seed: 1, threads: 1)
  }
}

/// What a player that is told the situations must do.
@Suite("A player of another kind of policy")
struct PolicyKindPlayerTests {
  @Test("acts step by step as the evaluation does", arguments: PolicyKind.all, [false, true])
  func actsAsEvaluation(_ kind: PolicyKind, isStochastic: Bool) throws {
    try check(kind.environment, kind.hyperparameters, isStochastic: isStochastic)
  }

  private func check(
    _ environment: some Environment, _ hyperparameters: Hyperparameters, isStochastic: Bool
  ) throws {
    let trainer = try Trainer(environment, hyperparameters, seed: 4, threads: 2)
    try trainer.train()
    let policy = trainer.policy
    let player = try PolicyPlayer(policy, in: environment)
    let expected = try policy.evaluate(
      in: environment, episodes: 2, seed: 5, isStochastic: isStochastic)
    for episode in 0..<2 {
      let earned = play(environment, episode, by: player, isStochastic: isStochastic)
      #expect(earned == expected.returns[episode])
    }
  }

  private func play<Base: Environment>(
    _ environment: Base, _ episode: Int, by player: PolicyPlayer, isStochastic: Bool
  ) -> Double {
    var generator = RandomStream(seed: 5, purpose: .evaluationEnvironment, index: episode)
    var state = environment.initialState(using: &generator)
    var earned = 0.0
    for step in 0..<(environment.timeLimit ?? 0) {
      var observation = [Float](repeating: 0, count: environment.observationSpace.count)
      var span = observation.mutableSpan
      environment.observe(state, into: &span)
      let situation = Situation(
        environment: 7, isFirst: step == 0,
        validChoices: environment.hasActionMask ? environment.actionMask(of: state) : nil)
      let draw = ActionDraw(seed: 5, environment: episode, step: step)
      let decision = player.decide(
        observation, in: [situation], drawing: isStochastic ? [draw] : nil)[0]
      let outcome = environment.step(&state, action: decision.action.span, using: &generator)
      earned += outcome.reward
      if outcome.terminated { break }
    }
    return earned
  }
}
