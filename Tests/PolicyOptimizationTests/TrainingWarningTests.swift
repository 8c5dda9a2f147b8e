import ControlEnvironments
import EnvironmentKit
import LossBalancing
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Warnings")
struct TrainingWarningTests {
  private func report(
    entropy: Double = 0.5, clipFraction: Double = 0.1, explainedVariance: Double? = 0.9,
    clipRange: Double = 0
  ) -> UpdateReport {
    UpdateReport(
      iteration: 1, timestep: 1, totalTimesteps: 1, meanReturn: nil, meanLength: nil,
      episodeCount: 0, learningRate: 0, clipRange: clipRange, losses: [0, 0, -entropy],
      approximateDivergence: 0, clipFraction: clipFraction,
      explainedVariance: explainedVariance, gradientNorm: 0, weights: [],
      balance: BalanceAverages(after: BalanceReport(terms: Hyperparameters().lossTerms)))
  }

  /// The kinds of warnings that reports give, in order.
  private func kinds(
    _ reports: [UpdateReport], valueError: Double? = 0.5, isSolved: Bool = false,
    space: ActionSpace = .discrete(count: 2), normalizer: ObservationNormalizer? = nil
  ) -> [TrainingWarning.Kind] {
    var warnings = TrainingWarnings(for: space)
    return reports.flatMap {
      warnings.inspect($0, valueError: valueError, isSolved: isSolved, normalizer)
    }.map(\.kind)
  }

  @Test("come once, and not without a reason")
  func comeOnce() {
    #expect(kinds(Array(repeating: report(), count: 100)) == [])
    let clipped = Array(repeating: report(clipFraction: 0.51), count: 5)
    #expect(kinds(clipped) == [.mostSamplesClipped])
    #expect(kinds([report(clipFraction: 0.5)]) == [])
  }

  @Test(
    "come where rewards are so small that nothing can be learnt from them",
    arguments: [1e-30, 1e-3])
  func vanishingRewards(scale: Double) throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 25
    hyperparameters.minibatchSize = 50
    hyperparameters.totalTimesteps = 200
    hyperparameters.hiddenSizes = [4]
    hyperparameters.evaluationInterval = 0
    hyperparameters.rewardScale = scale
    hyperparameters.normalizesReturns = false
    var found: [TrainingWarning.Kind] = []
    try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1).train {
      if case .warning(let warning) = $0 { found.append(warning.kind) }
    }
    #expect(found.contains(.rewardsVanish) == (scale < 1e-6))
  }

  @Test("of a run that was interrupted are those of one that was not, each once")
  func survivePauses() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 25
    hyperparameters.minibatchSize = 50
    hyperparameters.totalTimesteps = 3_000
    hyperparameters.hiddenSizes = [4]
    hyperparameters.evaluationInterval = 0
    hyperparameters.annealsClipRange = true
    hyperparameters.clipRange = 0.01
    // The value learns too slowly to explain anything, so that patience is counted over the pauses.
    hyperparameters.valueCoefficient = 1e-9
    hyperparameters.learningRate = 3e-3
    func found(pausingAt pauses: [Int]) throws -> (at: [Int], kinds: [TrainingWarning.Kind]) {
      var (steps, kinds): ([Int], [TrainingWarning.Kind]) = ([], [])
      var trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
      for pause in pauses + [.max] {
        try trainer.train { event in
          guard case .warning(let warning) = event else { return }
          steps.append(trainer.timestep)
          kinds.append(warning.kind)
        } until: {
          trainer.timestep >= pause
        }
        trainer = try Trainer(
          CartPole(), resuming: Checkpoint(trainer.checkpoint.file.data), threads: 1)
      }
      return (steps, kinds)
    }
    let whole = try found(pausingAt: [])
    #expect(whole.kinds.contains(.clipRangeFallsAlone))
    #expect(whole.kinds.contains(.valueExplainsNothing))
    let parts = try found(pausingAt: [100, 1_000, 2_500])
    #expect(parts.kinds == whole.kinds && parts.at == whole.at)
  }

  @Test("blame a clip range that falls alone, and not the policy")
  func blameClipRange() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.annealsClipRange = true
    func warnings(clipRange: Double) -> [TrainingWarning] {
      var warnings = TrainingWarnings(for: .discrete(count: 2), hyperparameters)
      let report = report(clipFraction: 0.9, clipRange: clipRange)
      return warnings.inspect(report, valueError: 0, isSolved: true, nil)
    }
    let late = warnings(clipRange: 0.02)
    #expect(late.map(\.kind) == [.clipRangeFallsAlone, .mostSamplesClipped])
    #expect(late[1].sentence.contains("the clip range has fallen to 0.02"))
    #expect(!late[1].sentence.contains("too fast"))
    #expect(warnings(clipRange: 0.2)[1].sentence.contains("the policy moves too fast"))
    // Both fall, as in presets: nothing is said of it.
    hyperparameters.annealsLearningRate = true
    #expect(warnings(clipRange: 0.02).map(\.kind) == [.mostSamplesClipped])
    hyperparameters.annealsClipRange = false
    hyperparameters.annealsLearningRate = false
    hyperparameters.clipRangeSchedule = .linear(to: 0.15)
    #expect(warnings(clipRange: 0.15).map(\.kind) == [.mostSamplesClipped])
  }

  @Test("about the value come when it explains nothing for long")
  func value() {
    let bad = report(explainedVariance: -0.1)
    #expect(kinds(Array(repeating: bad, count: 19)) == [])
    #expect(kinds(Array(repeating: bad, count: 20)) == [.valueExplainsNothing])
    let interrupted = Array(repeating: bad, count: 19) + [report(explainedVariance: 0.1)]
    #expect(kinds(interrupted + interrupted) == [])
  }

  @Test("about the value do not come where it is right about returns that hardly vary")
  func valueIsRight() {
    let bad = Array(repeating: report(explainedVariance: -3), count: 20)
    #expect(kinds(bad, valueError: 0.1) == [.valueExplainsNothing])
    #expect(kinds(bad, valueError: 0.09) == [])
    #expect(kinds(bad, valueError: nil) == [])
  }

  @Test("measure the errors of the values beside the returns")
  func relativeValueError() {
    let rollout = Rollout(
      steps: 2, environments: 1, observationCount: 1, actionCount: 1,
      normalizesObservations: false)
    (rollout.returns[0], rollout.returns[1]) = (3, 4)
    (rollout.values[0], rollout.values[1]) = (3, 3.5)
    #expect(rollout.relativeValueError == 0.1)
    (rollout.returns[0], rollout.returns[1]) = (0, 0)
    #expect(rollout.relativeValueError == nil)
  }

  @Test("about the entropy know the action space and whether the task is solved")
  func entropy() {
    let fixed = [report(entropy: 0.001)]
    #expect(kinds(fixed) == [.entropyCollapsed])
    #expect(kinds(fixed, isSolved: true) == [])
    let box = ActionSpace.box(BoxSpace(symmetric: [1, 1]))
    // Two normal distributions with the deviation 0.05 and with 0.005.
    #expect(kinds([report(entropy: -3.15)], space: box) == [])
    #expect(kinds([report(entropy: -7.76)], space: box) == [.entropyCollapsed])
  }

  @Test("tell a component of the observation that never changes")
  func deadObservation() {
    var normalizer = ObservationNormalizer(count: 2)
    normalizer.update([1, 5, 2, 5, 3, 5], rows: 3)
    let reports = Array(repeating: report(), count: 20)
    #expect(kinds(reports, normalizer: normalizer) == [.deadObservation])
    #expect(kinds(Array(reports.dropLast()), normalizer: normalizer) == [])
    normalizer.update([1, 6], rows: 1)
    #expect(kinds(reports, normalizer: normalizer) == [])
  }

  @Test("are given by a run that goes wrong")
  func givenByRun() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 4_096
    hyperparameters.learningRate = 0.3
    var kinds: [TrainingWarning.Kind] = []
    try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1).train { event in
      if case .warning(let warning) = event { kinds.append(warning.kind) }
    }
    #expect(kinds.contains(.mostSamplesClipped) || kinds.contains(.entropyCollapsed))
  }
}
