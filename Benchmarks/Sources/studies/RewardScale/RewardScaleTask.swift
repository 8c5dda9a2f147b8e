import ControlEnvironments
import EnvironmentKit
import PolicyOptimization
import RandomStreams

/// An environment of the sweep, with settings under which fixed coefficients learn it at scale 1.
struct RewardScaleTask: Sendable {
  let environment: any Environment
  let hyperparameters: Hyperparameters

  static let all = [
    // The preset of RL Zoo but for a shared trunk, fewer steps and the usual coefficient.
    RewardScaleTask(CartPole()) {
      $0.totalTimesteps = 60_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 32
      $0.minibatchSize = 256
      $0.updateEpochs = 20
      $0.learningRate = 1e-3
      $0.annealsLearningRate = true
      $0.annealsClipRange = true
      $0.discount = 0.98
      $0.traceDecay = 0.8
    },
    RewardScaleTask(Pendulum()) {
      $0.totalTimesteps = 100_000
      $0.minibatchSize = 256
      $0.learningRate = 2e-3
      $0.discount = 0.9
      $0.traceDecay = 0.95
    },
    RewardScaleTask(Acrobot()) {
      $0.totalTimesteps = 60_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 128
      $0.minibatchSize = 256
      $0.updateEpochs = 4
      $0.learningRate = 1e-3
      $0.discount = 0.99
      $0.traceDecay = 0.94
      $0.normalizesObservations = true
    },
  ]

  private init(
    _ environment: any Environment, _ adjust: (inout Hyperparameters) -> Void
  ) {
    self.environment = environment
    var hyperparameters = Hyperparameters()
    adjust(&hyperparameters)
    hyperparameters.sharesTrunk = true
    hyperparameters.hiddenSizes = [64, 64]
    hyperparameters.evaluationInterval = 0
    self.hyperparameters = hyperparameters
  }

  var name: String { environment.name }

  /// The mean return of 100 episodes of actions at random, the zero of scores.
  var randomReturn: Double { Self.randomReturn(in: environment) }

  private static func randomReturn(in environment: some Environment) -> Double {
    let count = 100
    let environments = VectorEnvironment(
      environment, count: count, seed: 1, purpose: .evaluationEnvironment)
    let arrays = StepArrays(for: environments)
    var generator = RandomStream(seed: 1, purpose: .evaluationAction, index: 0)
    var returns: [Double?] = Array(repeating: nil, count: count)
    while returns.contains(where: { $0 == nil }) {
      let actions = (0..<count).flatMap { _ in
        environment.actionSpace.sample(using: &generator)
      }
      _ = arrays.actions.update(fromContentsOf: actions)
      environments.step(0..<count, through: arrays.buffers())
      for row in 0..<count
      where returns[row] == nil && arrays.endings[row] != .none {
        returns[row] = arrays.episodeReturns[row]
      }
    }
    return returns.compactMap(\.self).reduce(0, +) / Double(count)
  }
}

/// What is done about the scale of what the critic predicts.
enum TargetScale: String, CaseIterable, Sendable {
  /// Returns as they are.
  case none
  /// Rewards are divided by the deviation of the discounted return.
  case returns
  /// Returns are normalised for the critic alone.
  case popart

  func apply(to hyperparameters: inout Hyperparameters) {
    hyperparameters.normalizesReturns = self == .returns
    hyperparameters.valueTarget = self == .popart ? .popart : .raw
  }
}
