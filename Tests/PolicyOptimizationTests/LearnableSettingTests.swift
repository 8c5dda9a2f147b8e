import ControlEnvironments
import EnvironmentKit
import Foundation
import NeuralNetworks
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Settings under which nothing can be learnt")
struct LearnableSettingTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let sentence: String
    let adjust: @Sendable (inout Hyperparameters) -> Void
    var testDescription: String { sentence }
  }

  static let refused = [
    Setting(sentence: "minibatchSize is 1, and advantages") { $0.minibatchSize = 1 },
    Setting(sentence: "minibatchSize is 1, and advantages") {
      ($0.environmentCount, $0.stepsPerRollout, $0.minibatchSize) = (1, 1, 1)
    },
    Setting(sentence: "A rollout has a single row") {
      ($0.environmentCount, $0.stepsPerRollout, $0.minibatchSize) = (1, 1, 1)
      $0.advantageNormalization = .rollout
    },
    Setting(sentence: "learningRate is 0.0, which is 0") { $0.learningRate = 0 },
    Setting(sentence: "learningRate is 1e-60, which is 0") { $0.learningRate = 1e-60 },
    Setting(sentence: "clipRange is 1e-09, so small") { $0.clipRange = 1e-9 },
    Setting(sentence: "clipRange is 0.0; it must be more than 0") { $0.clipRange = 0 },
    Setting(sentence: "updateEpochs is 0; it must be from 1") { $0.updateEpochs = 0 },
    Setting(sentence: "maximumGradientNorm is 0.0; it must be more than 0") {
      $0.maximumGradientNorm = 0
    },
    Setting(sentence: "maximumGradientNorm is 1e-40, so small") { $0.maximumGradientNorm = 1e-40 },
    Setting(sentence: "learningRate is 1e-12, so small") { $0.learningRate = 1e-12 },
    Setting(sentence: "maximumGradientNorm is 1e-29, so small") { $0.maximumGradientNorm = 1e-29 },
    Setting(sentence: "optimizerEpsilon is 10000000000.0, so large") {
      $0.optimizerEpsilon = 1e10
    },
    Setting(sentence: "learningRate times weightDecay is 10.0") {
      ($0.optimizer, $0.learningRate, $0.weightDecay) = (.adamw, 0.1, 100)
    },
    Setting(sentence: "hiddenSizes contains 0") { $0.hiddenSizes = [8, 0] },
    Setting(sentence: "rewardScale is 0") { $0.rewardScale = 0 },
  ]

  private func hyperparameters(_ adjust: (inout Hyperparameters) -> Void) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 128
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 32
    hyperparameters.minibatchSize = 64
    hyperparameters.hiddenSizes = [4]
    adjust(&hyperparameters)
    return hyperparameters
  }

  @Test("are refused in a sentence", arguments: refused)
  func areRefused(setting: Setting) throws {
    let error = #expect(throws: InvalidHyperparameter.self) {
      try Trainer(CartPole(), hyperparameters(setting.adjust), seed: 1, threads: 1)
    }
    #expect(error?.description.hasPrefix(setting.sentence) == true, "\(String(describing: error))")
  }

  static let accepted = [
    Setting(sentence: "single rows that are not normalised") {
      $0.minibatchSize = 1
      $0.advantageNormalization = .none
    },
    Setting(sentence: "single rows, normalised over the rollout") {
      $0.minibatchSize = 1
      $0.advantageNormalization = .rollout
    },
    Setting(sentence: "a last minibatch of a single row") { $0.minibatchSize = 63 },
    Setting(sentence: "a sequence of several rows") {
      $0.recurrence = .gru
      $0.minibatchSize = 16
    },
    Setting(sentence: "no future") { $0.discount = 0 },
    Setting(sentence: "no loss of the value") { $0.valueCoefficient = 0 },
  ]

  @Test("are not those that only look like it", arguments: accepted)
  func areNotOthers(setting: Setting) throws {
    let trainer = try Trainer(CartPole(), hyperparameters(setting.adjust), seed: 1, threads: 1)
    let before = trainer.policy.parameters.array
    try trainer.train { event in
      if case .warning(let warning) = event { #expect(warning.kind != .parametersStandStill) }
    }
    #expect(trainer.policy.parameters.array != before)
  }

  @Test("do not keep a run from going on, nor its policy from being read")
  func letRunsGoOn() throws {
    let begun = hyperparameters { $0.minibatchSize = 8 }
    let trainer = try Trainer(CartPole(), begun, seed: 1, threads: 1)
    try trainer.train(until: { trainer.timestep == 64 })
    var file = try trainer.checkpoint.file
    file.metadata["hyperparameters"] = file.metadata["hyperparameters"]?
      .replacingOccurrences(of: "\"minibatch-size\":8", with: "\"minibatch-size\":1")
    file.addChecksum()
    let stored = try Checkpoint(file.data)
    #expect(stored.hyperparameters.minibatchSize == 1)
    _ = try stored.policy(for: CartPole())
    try Trainer(CartPole(), resuming: stored, threads: 1).train()
  }

  private func warnings(
    _ environment: any BatchableEnvironment, _ adjust: (inout Hyperparameters) -> Void
  ) throws -> [TrainingWarning] {
    var found: [TrainingWarning] = []
    try Trainer(environment, hyperparameters(adjust), seed: 1, threads: 1).train { event in
      if case .warning(let warning) = event { found.append(warning) }
    }
    return found
  }

  @Test("are told of where only the run shows them")
  func areToldOf() throws {
    let frozen = try warnings(CartPole()) {
      ($0.optimizer, $0.learningRate) = (.sgd, 1e-45)
      $0.maximumGradientNorm = 0.01
    }
    #expect(frozen.map(\.kind).contains(.parametersStandStill))
    // The biases, which begin at 0, take the smallest steps.
    let slow = try warnings(CartPole()) { ($0.optimizer, $0.learningRate) = (.sgd, 1e-30) }
    #expect(slow.map(\.kind).contains(.parametersStandStill))
    for space in [
      ActionSpace.discrete(count: 1), .multiDiscrete(counts: [1, 1]),
      .box(BoxSpace(lowest: [2], highest: [2])),
    ] {
      let kinds = try warnings(Bounded(space)) { _ in }.map(\.kind)
      #expect(kinds.contains(.nothingToChoose))
    }
    let usual = try warnings(CartPole()) { _ in }
    #expect(usual.isEmpty, "\(usual)")
  }
}

/// Earns what the first component of the action is.
struct Bounded: Environment {
  let actionSpace: ActionSpace
  let name = "Bounded"
  let observationSpace = BoxSpace(lowest: [0], highest: [20])
  let timeLimit: Int? = 20

  init(_ actionSpace: ActionSpace) { self.actionSpace = actionSpace }

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: Double(action[0]), terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state)
  }
}
