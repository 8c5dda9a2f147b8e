import ControlEnvironments
import EnvironmentKit
import Foundation
import LossBalancing
import NeuralNetworks
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Warnings about actions and their bounds")
struct ActionWarningTests {
  private func warnings(
    _ environment: any BatchableEnvironment, _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) throws -> [TrainingWarning] {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 512
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 64
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [8]
    adjust(&hyperparameters)
    var found: [TrainingWarning] = []
    try Trainer(environment, hyperparameters, seed: 1, threads: 1).train { event in
      if case .warning(let warning) = event { found.append(warning) }
    }
    return found
  }

  private func box(_ lowest: [Float], _ highest: [Float]) -> Bounded {
    Bounded(.box(BoxSpace(lowest: lowest, highest: highest)))
  }

  @Test("come where the bounds are wide, name the component and say what helps")
  func wideBounds() throws {
    let tank = box([-2, 0], [2, 50])
    let found = try warnings(tank)
    #expect(found.map(\.kind) == [.boundsOutOfReach])
    let sentence = try #require(found.first).sentence
    #expect(
      sentence.hasPrefix(
        """
        Component 1 of an action, counted from 0, reaches from 0.0 to 50.0, but the policy begins \
        with numbers from -
        """), "\(sentence)")
    for help in ["rescalingActions()", "squashesActions", "initialLogDeviation"] {
      #expect(sentence.contains(help))
    }
    let asOptions = try #require(found.first).message.text(naming: .options)
    #expect(asOptions.contains("--squash-actions") && asOptions.contains("--log-std-init"))
    #expect(!sentence.contains("--"))
    #expect(!sentence.contains("BoxSpace"))
    #expect(try warnings(tank.rescalingActions()).isEmpty)
    #expect(try warnings(tank) { $0.squashesActions = true }.isEmpty)
    #expect(try warnings(box([-1e38], [1e38])).map(\.kind) == [.boundsOutOfReach])
  }

  @Test("come where the bounds are narrow, or elsewhere, even where one is infinite")
  func narrowBounds() throws {
    #expect(try warnings(box([-0.01], [0.01])).map(\.kind).contains(.actionsBeyondBounds))
    let far = try warnings(box([10], [.infinity]))
    #expect(far.map(\.kind) == [.actionsBeyondBounds])
    #expect(far.first?.sentence.contains("100 % lie beyond its bounds 10.0 and inf") == true)
  }

  @Test("do not come with the usual bounds, nor in a run that goes on")
  func usualBounds() throws {
    for environment in [Pendulum(), MountainCarContinuous(), CartPoleSwingUp()]
      as [any Environment]
    {
      #expect(try warnings(environment).map(\.kind).allSatisfy { $0 != .boundsOutOfReach })
      #expect(try warnings(environment).map(\.kind).allSatisfy { $0 != .actionsBeyondBounds })
    }
    #expect(try warnings(box([-4], [3])).isEmpty)
    #expect(try warnings(box([-2], [.infinity])).isEmpty)
  }

  @Test("come where the deviations grow far beyond the bounds, as they do when they collapse")
  func growingDeviations() throws {
    let space = ActionSpace.box(BoxSpace(symmetric: [1, 2]))
    // The entropy of deviations that are so many times the distances of the bounds.
    func entropy(_ times: Double) -> Double {
      log(2 * times) + log(4 * times) + log(2 * Double.pi) + 1
    }
    func kinds(_ entropy: Double, squashes: Bool = false, _ space: ActionSpace) -> [TrainingWarning]
    {
      var hyperparameters = Hyperparameters()
      hyperparameters.squashesActions = squashes
      var warnings = TrainingWarnings(for: space, hyperparameters)
      return warnings.inspect(report(entropy: entropy), valueError: 0.5, isSolved: true, nil)
    }
    #expect(kinds(entropy(4.9), space).isEmpty)
    let found = kinds(entropy(200), space)
    #expect(found.map(\.kind) == [.entropyExploded])
    #expect(found.first?.sentence.contains("about 200 times the distance of their bounds") == true)
    #expect(kinds(entropy(200), squashes: true, space).isEmpty)
    let halfOpen = ActionSpace.box(BoxSpace(lowest: [-1, 0], highest: [1, .infinity]))
    #expect(kinds(entropy(200), halfOpen).isEmpty)
    #expect(kinds(0.6, .discrete(count: 2)).isEmpty)
  }

  private func report(entropy: Double) -> UpdateReport {
    UpdateReport(
      iteration: 1, timestep: 1, totalTimesteps: 1, meanReturn: nil, meanLength: nil,
      episodeCount: 0, learningRate: 0, clipRange: 0, losses: [0, 0, -entropy],
      approximateDivergence: 0, clipFraction: 0, explainedVariance: 0.9,
      gradientNorm: 0, weights: [],
      balance: BalanceAverages(after: BalanceReport(terms: Hyperparameters().lossTerms)))
  }

  @Test("a policy that cannot be squashed names the component and no types")
  func squashing() throws {
    let error = #expect(throws: UnsupportedActionSpace.self) {
      try warnings(box([0, -2], [50, .infinity])) { $0.squashesActions = true }
    }
    let sentence = try #require(error).description
    #expect(
      sentence.hasPrefix(
        """
        The policy does not fit the actions: component 1 of an action, counted from 0, reaches from \
        -2.0 to inf
        """), "\(sentence)")
  }
}
