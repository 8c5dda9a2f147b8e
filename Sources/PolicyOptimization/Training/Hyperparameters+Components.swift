import EnvironmentKit
import LossBalancing
import NeuralNetworks
import TensorCore

// What the hyperparameters stand for.

extension Hyperparameters {
  /// The network for an environment.
  public func makeNetwork(for environment: any BatchableEnvironment) throws -> ActorCritic {
    try ActorCritic(
      observations: environment.observationLayout, imageEncoder: imageEncoder,
      sharesEncoder: sharesEncoder, actionSpace: environment.actionSpace, hiddenSizes: hiddenSizes,
      activation: activation,
      sharesTrunk: sharesTrunk, gaussian: gaussianOptions,
      recurrence: recurrence.map { RecurrenceOptions(cell: $0, size: recurrentSize) })
  }

  private var gaussianOptions: GaussianOptions {
    var options = GaussianOptions()
    options.deviation = deviation
    options.initialLogDeviation = initialLogDeviation
    options.stepsBetweenDraws = explorationInterval
    options.squashes = squashesActions
    return options
  }

  /// How many rows of one environment, step after step, a network learns from as a whole, L: a single
  /// one if it remembers nothing.
  func sequenceLength(for network: any PolicyNetwork) -> Int {
    network.memoryCount > 0 ? sequenceLength : 1
  }

  /// The reward of the environment that a reward of 1 in training stands for.
  ///
  /// - Parameter normalizer: What rewards are divided by, if returns are normalised.
  /// - Returns: σ / c, for the deviation σ of the returns and the scale c of rewards.
  func rewardUnit(_ normalizer: ReturnNormalizer?) -> Double {
    Double(normalizer?.deviation ?? 1) / rewardScale
  }

  /// The losses of PPO. The update records them in this order, by their names.
  public var lossTerms: [LossTerm] {
    let terms = [
      LossTerm(.policy, kind: .signed, priority: 1),
      LossTerm(.value, kind: .nonNegative, priority: valueCoefficient),
      LossTerm(.entropy, kind: .bonus, priority: entropyCoefficient),
    ]
    if divergenceCoefficient == 0 { return terms }
    return terms
      + [LossTerm(.divergence, kind: .nonNegative, priority: divergenceCoefficient)]
  }

  /// The optimiser of `count` parameters.
  func makeOptimizer(count: Int) -> any Optimizer {
    let penalty: WeightDecay = weightDecay == 0 ? .none : .penalty(weightDecay)
    return switch optimizer {
    case .adam:
      Adam(count: count, epsilon: optimizerEpsilon, weightDecay: penalty)
    case .adamw:
      Adam(count: count, epsilon: optimizerEpsilon, weightDecay: .decoupled(weightDecay))
    case .nadam:
      NesterovAdam(count: count, epsilon: optimizerEpsilon, weightDecay: penalty)
    case .rmsprop:
      RootMeanSquarePropagation(count: count, epsilon: optimizerEpsilon, weightDecay: penalty)
    case .sgd:
      StochasticGradientDescent(count: count, momentum: 0.9, weightDecay: penalty)
    }
  }

  /// Steps between evaluations during training, `nil` for no evaluation.
  ///
  /// Without being asked it is not evaluated where nothing but the task ends an episode: that might
  /// never happen.
  func evaluationSteps(for environment: any BatchableEnvironment) -> Int? {
    switch evaluationInterval {
    case 0: nil
    case let steps?: steps
    case nil: environment.timeLimit == nil ? nil : max(1, totalTimesteps / 5)
    }
  }

  /// Checks that a scaled value target has the layer that it has to change.
  func checkValueTarget(for network: any PolicyNetwork) throws(InvalidHyperparameter) {
    guard [.popart, .percentile].contains(valueTarget), network.valueLayer == nil else { return }
    throw InvalidHyperparameter(
      """
      \(\.valueTarget) is \(valueTarget.rawValue), which changes the value's last layer, but the \
      network does not name that; let its valueLayer give it, or use symlog or raw.
      """)
  }
}

extension LossTerm {
  fileprivate init(_ loss: PolicyLoss, kind: Kind, priority: Double) {
    self.init(name: loss.rawValue, kind: kind, priority: priority)
  }
}
