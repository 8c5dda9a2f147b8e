import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

/// The update of PPO: makes a policy better by what a rollout has shown.
///
/// Source: Schulman et al., *Proximal Policy Optimization Algorithms*, 2017, algorithm 1,
/// <https://arxiv.org/abs/1707.06347>; Huang et al., *The 37 Implementation Details of Proximal
/// Policy Optimization*, ICLR blog track 2022.
final class PolicyUpdate {
  let network: any PolicyNetwork
  let parameters: Buffer
  let optimizer: any Optimizer
  var balancer: any LossBalancer

  let hyperparameters: Hyperparameters
  /// The losses of PPO in the order of the balancer's terms, before auxiliary ones.
  private let losses: [PolicyLoss]
  let auxiliaryLosses: [AuxiliaryLoss]
  let seed: UInt64
  /// Whether parameters are checked after every step, not only at the end of an update.
  let detectsAnomalies: Bool

  let gradient: Buffer
  let loss: CompositeLoss
  var weights: [Double]
  var measurement: LossMeasurement
  var report: BalanceReport
  var gradients: Buffer?
  /// How many rows of one environment, step after step, are learnt from as a whole, L.
  let sequenceLength: Int
  private var order: [Int32]

  let allTerms: [Bool]
  /// Which terms take part in balancing, so that their gradients matter to the balancer.
  let balancedTerms: [Bool]
  /// At every so many minibatches the terms' gradients are measured even if the balancer does not
  /// ask for it; `nil` for never.
  var probeInterval: Int?

  init(
    network: any PolicyNetwork, hyperparameters: Hyperparameters, balancer: any LossBalancer,
    auxiliaryLosses: [AuxiliaryLoss], seed: UInt64, pool: WorkerPool,
    ranks: any RankGroup = SingleRank(),
    detectsAnomalies: Bool = false, initializesParameters: Bool = true
  ) {
    self.network = network
    self.hyperparameters = hyperparameters
    self.balancer = balancer
    losses = balancer.terms.dropLast(auxiliaryLosses.count).compactMap {
      PolicyLoss(rawValue: $0.name)
    }
    self.auxiliaryLosses = auxiliaryLosses
    self.seed = seed
    self.detectsAnomalies = detectsAnomalies
    let count = network.layout.count
    parameters = Buffer(count: count)
    if let network = network as? ActorCritic, initializesParameters {
      network.initialize(parameters, seed: seed, on: pool)
    } else if initializesParameters {
      network.initialize(parameters, seed: seed)
    }
    optimizer = hyperparameters.makeOptimizer(count: count)
    gradient = Buffer(count: count)
    let terms = balancer.terms
    sequenceLength = hyperparameters.sequenceLength(for: network)
    loss = CompositeLoss(
      termCount: terms.count, parameterCount: count, pool: pool, rowsPerSequence: sequenceLength,
      layout: network.layout, sharedBy: ranks)
    weights = Array(repeating: 0, count: terms.count)
    measurement = LossMeasurement(count: terms.count)
    report = BalanceReport(terms: terms)
    allTerms = terms.map { _ in true }
    balancedTerms = terms.map(\.takesPart)
    order = Array(repeating: 0, count: hyperparameters.rolloutSize / sequenceLength)
  }

  /// Goes over a rollout several times in minibatches, each time in another order.
  ///
  /// - Parameters:
  ///   - rollout: With its advantages.
  ///   - minibatch: Memory for the rows of a step.
  ///   - iteration: How many updates there were before.
  ///   - learningRate: η.
  ///   - clipRange: ε.
  ///   - shouldStop: Asked before every minibatch.
  /// - Returns: Means over all minibatches; `nil` if it was stopped before its end.
  /// - Throws: ``TrainingError`` if a loss or the gradient is not finite.
  func update(
    on rollout: Rollout, _ minibatch: Minibatch, iteration: Int, learningRate: Double,
    clipRange: Double, until shouldStop: () -> Bool = { false }
  ) throws(TrainingError) -> UpdateMeans? {
    var means = UpdateMeans(after: report)
    let first = measurement.step + 1
    var shuffling = RandomStream(seed: seed, purpose: .shuffling, index: iteration)
    let sequences = hyperparameters.minibatchSize / sequenceLength
    let progress = Double(iteration) / Double(hyperparameters.iterationCount)
    let targetDivergence = hyperparameters.targetDivergence(at: progress)
    for (term, priority) in hyperparameters.scheduledPriorities(at: progress) {
      setPriority(of: term) { _ in priority }
    }
    balancer.beginPhase()
    epochs: for _ in 0..<hyperparameters.updateEpochs {
      shuffling.permute(&order)
      for first in stride(from: 0, to: order.count, by: sequences) {
        if shouldStop() { return nil }
        let chosen = first..<min(first + sequences, order.count)
        minibatch.select(
          order[chosen], normalizesAdvantages: hyperparameters.advantageNormalization == .minibatch)
        let measured = try computeGradient(minibatch, clipRange: Float(clipRange))
        means.add(measured, values: loss.values, weights: weights, report: report)
        if let target = targetDivergence, measured.divergence > 1.5 * target {
          break epochs
        }
        step(gradientNorm: measured.gradientNorm, learningRate: learningRate)
        if detectsAnomalies { try checkParameters(since: measurement.step) }
        remeasure(minibatch, clipRange: Float(clipRange))
      }
    }
    if !detectsAnomalies { try checkParameters(since: first) }
    return means
  }

  /// Computes the gradient of the balanced sum of the losses at a minibatch.
  func computeGradient(
    _ minibatch: Minibatch, clipRange: Float
  ) throws(TrainingError) -> MinibatchMeasurement {
    try balancedGradient(rows: minibatch.count) { tape, rows in
      recordLosses(of: minibatch, rows, on: tape, clipRange: clipRange)
    }
    let measured = MinibatchMeasurement(
      divergence: mean(of: minibatch.divergences, count: minibatch.count),
      clipFraction: mean(of: minibatch.clipped, count: minibatch.count),
      gradientNorm: norm(of: gradient))
    try checkFinite(measured)
    measurement.step += 1
    return measured
  }

  /// Computes the losses at a minibatch and keeps what their gradients need.
  func forward(_ minibatch: Minibatch, clipRange: Float) {
    loss.forward(rows: minibatch.count, at: parameters) { tape, rows in
      recordLosses(of: minibatch, rows, on: tape, clipRange: clipRange)
    }
  }

  /// Records the losses of some rows in the order of the balancer's terms.
  func recordLosses(
    of minibatch: Minibatch, _ rows: Range<Int>, on tape: Tape, clipRange: Float
  ) {
    let batch = minibatch.rows(rows, on: tape)
    let output = network(batch.input, on: tape)

    let ratio = ProbabilityRatio(
      logProbabilities: output.policy.logProbability(of: batch.actions),
      oldLogProbabilities: batch.oldLogProbabilities)
    for loss in losses {
      switch loss {
      case .policy:
        tape.addTerm(
          policyLoss(ratio: ratio.ratio, advantages: batch.advantages, clipRange: clipRange))
      case .value:
        tape.addTerm(
          hyperparameters.clipsValueLoss
            ? clippedValueLoss(
              values: output.value, oldValues: batch.oldValues, returns: batch.returns,
              clipRange: clipRange)
            : valueLoss(values: output.value, returns: batch.returns))
      case .entropy: tape.addTerm(-output.policy.entropy())
      case .divergence: tape.addTerm(divergencePenalty(ratio))
      }
    }
    for auxiliary in auxiliaryLosses { tape.addTerm(auxiliary.rows(batch, output, tape)) }
    minibatch.measure(ratio, rows, clipRange: clipRange)
  }

  /// Clips the gradient of all parameters together and follows it.
  func step(gradientNorm: Double, learningRate: Double) {
    let scale = hyperparameters.maximumGradientNorm.map {
      clippingScale(norm: gradientNorm, maximum: $0)
    }
    optimizer.step(
      parameters, gradient: gradient, gradientScale: scale ?? 1, learningRate: learningRate,
      pool: loss.sharingPool)
  }
}
