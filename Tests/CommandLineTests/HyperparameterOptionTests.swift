import ArgumentParser
import NeuralNetworks
import PolicyOptimization
import TensorCore
import Testing

@testable import PPOCommand

/// What an option is to set.
struct OptionCase: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let set: @Sendable (inout Hyperparameters) -> Void

  init(_ arguments: String..., set: @escaping @Sendable (inout Hyperparameters) -> Void) {
    self.arguments = arguments
    self.set = set
  }

  var testDescription: String { arguments.joined(separator: " ") }

  /// One for each option at least, written by hand: each sets what its name says, and nothing else.
  static let all = [
    OptionCase("--total-timesteps", "3e6") { $0.totalTimesteps = 3_000_000 },
    OptionCase("--total-timesteps", "2_000_000") { $0.totalTimesteps = 2_000_000 },
    OptionCase("--stop-when-solved") { $0.stopsWhenSolved = true },
    OptionCase("--num-envs", "3") { $0.environmentCount = 3 },
    OptionCase("--num-steps", "5") { $0.stepsPerRollout = 5 },
    OptionCase("--gamma", "0.5") { $0.discount = 0.5 },
    OptionCase("--gae-lambda", "0.75") { $0.traceDecay = 0.75 },
    OptionCase("--no-bootstrap-time-limits") { $0.bootstrapsAtTimeLimits = false },
    OptionCase("--learning-rate", "1e-3") { $0.learningRate = 0.001 },
    OptionCase("--anneal-lr") { $0.annealsLearningRate = true },
    OptionCase("--learning-rate-schedule", "cosine:1e-5") {
      $0.learningRateSchedule = .cosine(to: 1e-5)
    },
    OptionCase("--minibatch-size", "17") { $0.minibatchSize = 17 },
    OptionCase("--update-epochs", "9") { $0.updateEpochs = 9 },
    OptionCase("--optimizer", "nadam") { $0.optimizer = .nadam },
    OptionCase("--optimizer-epsilon", "0.25") { $0.optimizerEpsilon = 0.25 },
    OptionCase("--weight-decay", "0.125") { $0.weightDecay = 0.125 },
    OptionCase("--max-grad-norm", "2") { $0.maximumGradientNorm = 2 },
    OptionCase("--max-grad-norm", "none") { $0.maximumGradientNorm = nil },
    OptionCase("--max-grad-norm", "inf") { $0.maximumGradientNorm = nil },
    OptionCase("--clip-coef", "0.3") { $0.clipRange = 0.3 },
    OptionCase("--anneal-clip") { $0.annealsClipRange = true },
    OptionCase("--clip-coef-schedule", "linear:0.05") { $0.clipRangeSchedule = .linear(to: 0.05) },
    OptionCase("--clip-vloss") { $0.clipsValueLoss = true },
    OptionCase("--vf-coef", "0.625") { $0.valueCoefficient = 0.625 },
    OptionCase("--vf-coef-schedule", "linear") { $0.valueCoefficientSchedule = .linear(to: 0) },
    OptionCase("--ent-coef", "0.015625") { $0.entropyCoefficient = 0.015625 },
    OptionCase("--ent-coef-schedule", "exponential:1e-4") {
      $0.entropyCoefficientSchedule = .exponential(to: 1e-4)
    },
    OptionCase("--target-entropy", "-1.5") { $0.targetEntropy = -1.5 },
    OptionCase("--target-entropy", "0") { $0.targetEntropy = 0 },
    OptionCase("--entropy-rate", "0.03125") { $0.entropyRate = 0.03125 },
    OptionCase("--target-kl", "0.02") { $0.targetDivergence = 0.02 },
    OptionCase("--target-kl-schedule", "cosine:0.01") {
      $0.targetDivergenceSchedule = .cosine(to: 0.01)
    },
    OptionCase("--kl-coef", "0.375") { $0.divergenceCoefficient = 0.375 },
    OptionCase("--kl-coef-schedule", "constant") { $0.divergenceCoefficientSchedule = .constant },
    OptionCase("--adaptive-kl", "0.04") { $0.adaptiveDivergenceTarget = 0.04 },
    OptionCase("--balancer", "log") { $0.balancer = "log" },
    OptionCase("--hidden-sizes", "3,4") { $0.hiddenSizes = [3, 4] },
    OptionCase("--hidden-sizes", "5") { $0.hiddenSizes = [5] },
    OptionCase("--shared-trunk") { $0.sharesTrunk = true },
    OptionCase("--activation", "relu") { $0.activation = .relu },
    OptionCase("--image-encoder", "minatar") { $0.imageEncoder = .minatar },
    OptionCase("--no-shared-encoder") { $0.sharesEncoder = false },
    OptionCase("--recurrent", "lstm") { $0.recurrence = .lstm },
    OptionCase("--recurrent-size", "6") { $0.recurrentSize = 6 },
    OptionCase("--sequence-length", "12") { $0.sequenceLength = 12 },
    OptionCase("--policy-std", "gsde") { $0.deviation = .gsde },
    OptionCase("--log-std-init", "-0.5") { $0.initialLogDeviation = -0.5 },
    OptionCase("--sde-sample-freq", "4") { $0.explorationInterval = 4 },
    OptionCase("--squash-actions") { $0.squashesActions = true },
    OptionCase("--normalize-observations") { $0.normalizesObservations = true },
    OptionCase("--no-normalize-returns") { $0.normalizesReturns = false },
    OptionCase("--normalize-advantages", "none") { $0.advantageNormalization = .none },
    OptionCase("--reward-scale", "0.01") { $0.rewardScale = 0.01 },
    OptionCase("--value-target", "popart") { $0.valueTarget = .popart },
    OptionCase("--value-target-decay", "0.5") { $0.valueTargetDecay = 0.5 },
    OptionCase("--eval-every", "7000") { $0.evaluationInterval = 7000 },
    OptionCase("--eval-every", "none") { $0.evaluationInterval = 0 },
    OptionCase("--eval-episodes", "11") { $0.evaluationEpisodes = 11 },
  ]
}

@Suite("Options of hyperparameters")
struct HyperparameterOptionTests {
  @Test("each sets the hyperparameter of its name and no other", arguments: OptionCase.all)
  func setsOne(option: OptionCase) throws {
    let options = try HyperparameterOptions.parse(option.arguments)
    let applied = try options.applied(to: Hyperparameters())
    var expected = Hyperparameters()
    option.set(&expected)
    #expect(expected != Hyperparameters())
    #expect(applied == expected)
  }

  @Test("there is a case for every option")
  func coversAll() {
    let tested = Set(OptionCase.all.compactMap(\.arguments.first))
    for name in Hyperparameters.names {
      #expect(tested.contains("--\(name)") || tested.contains("--no-\(name)"), "\(name)")
    }
  }

  @Test(
    "the opposites of flags are taken back",
    arguments: [
      ("--no-anneal-lr", \Hyperparameters.annealsLearningRate),
      ("--separate-networks", \Hyperparameters.sharesTrunk),
      ("--no-stop-when-solved", \Hyperparameters.stopsWhenSolved),
    ] as [(String, any WritableKeyPath<Hyperparameters, Bool> & Sendable)])
  func turnsOff(flag: String, path: any WritableKeyPath<Hyperparameters, Bool> & Sendable) throws {
    var base = Hyperparameters()
    base[keyPath: path] = true
    #expect(try HyperparameterOptions.parse([flag]).applied(to: base) == Hyperparameters())
  }

  @Test("every value that a hyperparameter can have none of is none again by that word")
  func takesNone() throws {
    for description in Hyperparameters.descriptions where description.words.contains("none") {
      var base = Hyperparameters()
      _ = description.set(.whole(3), in: &base)
      let options = try HyperparameterOptions.parse(["--\(description.name)", "none"])
      #expect(description.value(in: try options.applied(to: base)) == .none, "\(description.name)")
    }
  }

  @Test(
    "what is wrong is said with the option's name and what was expected",
    arguments: [
      (["--optimizer", "adm"], "one of adam, adamw"), (["--gamma", "x"], "from 0 to 1"),
      (["--num-envs", "2.5"], "whole number"), (["--clip-coef-schedule", "x"], "linear:END"),
      (["--shared-trunk", "--separate-networks"], "exclude each other"),
      (["--anneal-lr", "--no-anneal-lr"], "--no-anneal-lr"), (["--gama", "1"], "--gamma"),
    ])
  func explains(arguments: [String], part: String) {
    let error = #expect(throws: (any Error).self) { try HyperparameterOptions.parse(arguments) }
    if let error {
      #expect(HyperparameterOptions.fullMessage(for: error).contains(part))
    }
  }

  @Test("the help has a section for each group, and a line for each hyperparameter")
  func helps() {
    let help = Train.helpMessage(columns: 100)
    for group in HyperparameterGroup.allCases {
      #expect(help.contains("\(group.rawValue.uppercased()):"), "\(group.rawValue)")
    }
    for name in Hyperparameters.names { #expect(help.contains("--\(name)"), "\(name)") }
    #expect(help.contains("Discount factor γ."))
    let script = RootCommand.completionScript(for: .bash)
    #expect(script.contains("--learning-rate-schedule") && script.contains("rmsprop"))
  }
}
