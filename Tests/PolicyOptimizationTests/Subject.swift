import EnvironmentKit
import LossBalancing
import TensorCore
import TestSupport

@testable import PolicyOptimization

/// An update that learns from the rows of a reference case, all at once.
struct Subject {
  let update: PolicyUpdate
  let rollout: Rollout
  let minibatch: Minibatch
  let hyperparameters: Hyperparameters
  private let order: [Int32]

  init(
    _ reference: ReferenceUpdateTests.Case, balancer: String, targetDivergence: Double? = nil
  ) throws {
    let rows = reference.observations.shape[0]
    var hyperparameters = Hyperparameters()
    hyperparameters.hiddenSizes = [16, 16]
    hyperparameters.sharesTrunk = reference.sharedTrunk
    hyperparameters.clipsValueLoss = reference.valueClip != nil
    hyperparameters.clipRange = reference.clip
    hyperparameters.advantageNormalization = reference.normalizeAdvantages ? .minibatch : .none
    hyperparameters.valueCoefficient = reference.valueCoefficient
    hyperparameters.entropyCoefficient = reference.entropyCoefficient
    hyperparameters.maximumGradientNorm = reference.maximumGradientNorm
    hyperparameters.learningRate = reference.optimizer.learningRate
    hyperparameters.optimizerEpsilon = reference.optimizer.epsilon
    hyperparameters.environmentCount = 1
    hyperparameters.stepsPerRollout = rows
    hyperparameters.minibatchSize = rows
    hyperparameters.updateEpochs = 3
    hyperparameters.targetDivergence = targetDivergence
    self.hyperparameters = hyperparameters

    let isDiscrete = reference.actionSpace == "discrete"
    let actions = isDiscrete ? 1 : reference.actions.shape[1]
    let network = try ActorCritic(
      observationCount: reference.observations.shape[1],
      actionSpace: isDiscrete
        ? .discrete(count: 3)
        : .box(
          BoxSpace(
            lowest: Array(repeating: -1, count: actions),
            highest: Array(repeating: 1, count: actions))),
      hiddenSizes: hyperparameters.hiddenSizes, sharesTrunk: reference.sharedTrunk)
    update = PolicyUpdate(
      network: network, hyperparameters: hyperparameters,
      balancer: try BalancerRegistry.make(balancer, terms: hyperparameters.lossTerms),
      auxiliaryLosses: [], seed: 1, pool: WorkerPool(count: 2))
    for slice in network.layout.slices {
      let numbers = reference.initialParameters[slice.name]?.floats ?? []
      for (index, number) in zip(slice.range, numbers) { update.parameters[index] = number }
    }

    rollout = Rollout(
      steps: rows, environments: 1, observationCount: reference.observations.shape[1],
      actionCount: actions, normalizesObservations: false)
    func fill(_ buffer: Buffer, _ array: FixtureArray) {
      for (index, number) in array.floats.enumerated() { buffer[index] = number }
    }
    fill(rollout.observations, reference.observations)
    fill(rollout.actions, reference.actions)
    fill(rollout.logProbabilities, reference.oldLogProbabilities)
    fill(rollout.values, reference.oldValues)
    fill(rollout.advantages, reference.advantages)
    fill(rollout.returns, reference.returns)
    minibatch = Minibatch(of: rollout, capacity: rows)
    order = (0..<Int32(rows)).map(\.self)
  }

  func computeGradient() throws -> MinibatchMeasurement {
    minibatch.select(
      order[...], normalizesAdvantages: hyperparameters.advantageNormalization == .minibatch)
    return try update.computeGradient(minibatch, clipRange: Float(hyperparameters.clipRange))
  }

  func step(_ measured: MinibatchMeasurement) {
    update.step(
      gradientNorm: measured.gradientNorm, learningRate: hyperparameters.learningRate)
  }

  /// The norm of each term's gradient with respect to all parameters.
  func termGradientNorms() throws -> [Double] {
    let count = update.loss.termCount
    let gradients = Buffer(count: count * update.parameters.count)
    var gramian = [Double](repeating: 0, count: count * count)
    minibatch.select(
      order[...], normalizesAdvantages: hyperparameters.advantageNormalization == .minibatch)
    update.forward(minibatch, clipRange: Float(hyperparameters.clipRange))
    update.loss.gradients(into: gradients, gramian: &gramian)
    return (0..<count).map { gramian[$0 * count + $0].squareRoot() }
  }
}
