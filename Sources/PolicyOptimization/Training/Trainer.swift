import CKernels
import EnvironmentKit
import LossBalancing
import RandomStreams
import TensorCore

/// Trains a policy in an environment with PPO.
///
///     let trainer = try Trainer(CartPole(), hyperparameters, seed: 1)
///     try trainer.train { event in … }
///     let evaluation = trainer.policy.evaluate(in: CartPole(), episodes: 100, seed: 1)
///
/// A trainer never prints, draws or reads a clock: it tells what happens as ``TrainingEvent``s. The
/// same environment, hyperparameters and seed give the same parameters to the bit, on any number of
/// threads.
public final class Trainer<Base: Environment> {
  /// The choices that the run depends on.
  public let hyperparameters: Hyperparameters
  /// The seed of all randomness.
  public let seed: UInt64

  private let environment: Base
  private let pool: WorkerPool
  private let network: any PolicyNetwork
  private let collector: RolloutCollector<Base>
  private let rollout: Rollout
  private let minibatch: Minibatch
  private let update: PolicyUpdate
  private var observationNormalizer: ObservationNormalizer?
  private var returnNormalizer: ReturnNormalizer?
  private var episodes = EpisodeStatistics()
  private var iteration = 0

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - environment: What to train in.
  ///   - hyperparameters: How to train.
  ///   - seed: The seed of all randomness.
  ///   - threads: How many threads to use; the result does not depend on it.
  ///   - network: A network of one's own, or `nil` for the one that the hyperparameters describe.
  ///   - auxiliaryLosses: Losses of one's own beside those of PPO.
  /// - Throws: A sentence about hyperparameters, an action space or a balancer that cannot be used.
  public init(
    _ environment: Base, _ hyperparameters: Hyperparameters, seed: UInt64,
    threads: Int = WorkerPool.machineThreads, network: (any PolicyNetwork)? = nil,
    auxiliaryLosses: [AuxiliaryLoss] = []
  ) throws {
    try hyperparameters.validate()
    self.environment = environment
    self.hyperparameters = hyperparameters
    self.seed = seed
    pool = WorkerPool(count: threads)
    let network = try network ?? hyperparameters.makeNetwork(for: environment)
    self.network = network
    let (count, width) = (hyperparameters.environmentCount, environment.observationSpace.count)
    collector = RolloutCollector(
      VectorEnvironment(environment, count: count, seed: seed), network: network, pool: pool,
      seed: seed)
    rollout = Rollout(
      steps: hyperparameters.stepsPerRollout, environments: count, observationCount: width,
      actionCount: environment.actionSpace.componentCount,
      normalizesObservations: hyperparameters.normalizesObservations)
    minibatch = Minibatch(of: rollout, capacity: hyperparameters.minibatchSize)
    update = PolicyUpdate(
      network: network, hyperparameters: hyperparameters,
      balancer: try BalancerRegistry.make(
        hyperparameters.balancer,
        terms: hyperparameters.lossTerms + auxiliaryLosses.map(\.term)),
      auxiliaryLosses: auxiliaryLosses, seed: seed, pool: pool)
    if hyperparameters.normalizesObservations {
      observationNormalizer = ObservationNormalizer(count: width)
    }
    if hyperparameters.normalizesReturns {
      returnNormalizer = ReturnNormalizer(
        environments: count, discount: hyperparameters.discount)
    }
    collector.environments.observe(
      into: rollout.rawObservations.pointer + rollout.rowCount * width)
  }

  /// How many steps all environments together have taken.
  public var timestep: Int { iteration * hyperparameters.rolloutSize }

  /// When the task counted as solved, in steps of all environments together.
  public var solvedAt: Int? { episodes.solvedAt }

  /// The mean return of the last 100 finished episodes, or of all if there are fewer.
  public var meanReturn: Double? { episodes.meanReturn }

  /// The policy as it is now, independent of the trainer.
  public var policy: TrainedPolicy {
    TrainedPolicy(
      network: network, parameters: Buffer(update.parameters.array),
      normalizer: observationNormalizer)
  }

  /// Trains to the end of the run, or until told to stop.
  ///
  /// - Parameters:
  ///   - listener: Told what happens.
  ///   - shouldStop: Asked before every iteration.
  /// - Throws: ``TrainingError`` if a number is not finite; the policy is then that of the iteration
  ///   before.
  public func train(
    listener: (TrainingEvent) -> Void = { _ in }, until shouldStop: () -> Bool = { false }
  ) throws(TrainingError) {
    while iteration < hyperparameters.iterationCount, !shouldStop() {
      let wasSolved = solvedAt != nil
      let report = try iterate()
      if let solvedAt, !wasSolved { listener(.solved(timestep: solvedAt)) }
      listener(.updated(report))
    }
  }

  /// One iteration of PPO: acts, looks back, learns.
  private func iterate() throws(TrainingError) -> UpdateReport {
    let progress = Double(iteration) / Double(hyperparameters.iterationCount)
    let learningRate = hyperparameters.learningRate(at: progress)
    let clipRange = hyperparameters.clipRange(at: progress)

    rollout.beginNext()
    collector.collect(
      into: rollout, parameters: update.parameters, normalizer: observationNormalizer,
      firstStep: iteration * hyperparameters.stepsPerRollout)
    try checkRollout()
    rollout.forEachFinishedEpisode(after: timestep) {
      episodes.add($0, threshold: environment.rewardThreshold)
    }

    scaleRewards()
    rollout.estimateAdvantages(
      discount: hyperparameters.discount, traceDecay: hyperparameters.traceDecay,
      bootstrapsAtTimeLimits: hyperparameters.bootstrapsAtTimeLimits)
    if hyperparameters.advantageNormalization == .rollout { rollout.normalizeAdvantages() }
    let means = try learn(learningRate: learningRate, clipRange: clipRange)

    observationNormalizer?.update(rollout.rawObservations.pointer, rows: rollout.rowCount)
    iteration += 1
    return report(means, learningRate: learningRate, clipRange: clipRange)
  }

  /// Learns from the rollout, or goes back to the parameters before if that fails.
  private func learn(
    learningRate: Double, clipRange: Double
  ) throws(TrainingError) -> UpdateMeans {
    do {
      return try update.update(
        on: rollout, minibatch, iteration: iteration, learningRate: learningRate,
        clipRange: clipRange)
    } catch {
      update.parameters.assign(from: update.lastGoodParameters)
      throw error
    }
  }

  private func scaleRewards() {
    if hyperparameters.rewardScale != 1 {
      ck_run_scale(
        rollout.rewards.pointer, rollout.rewards.pointer, Float(hyperparameters.rewardScale),
        rollout.rowCount)
    }
    returnNormalizer?.apply(to: rollout)
  }

  private func report(
    _ means: UpdateMeans, learningRate: Double, clipRange: Double
  ) -> UpdateReport {
    UpdateReport(
      iteration: iteration, timestep: timestep,
      totalTimesteps: hyperparameters.iterationCount * hyperparameters.rolloutSize,
      meanReturn: episodes.meanReturn, meanLength: episodes.meanLength,
      episodeCount: episodes.count, learningRate: learningRate, clipRange: clipRange,
      policyLoss: means.values[0], valueLoss: means.values[1], entropy: -means.values[2],
      approximateDivergence: means.divergence, clipFraction: means.clipFraction,
      explainedVariance: rollout.explainedVariance, gradientNorm: means.gradientNorm,
      weights: means.weights, balance: update.report)
  }

  /// Stops where an environment gave something that is no number.
  private func checkRollout() throws(TrainingError) {
    let (count, width) = (rollout.environmentCount, rollout.observationCount)
    try checkFinite("a reward", rollout.rewards, rowWidth: 1, stepsBefore: 1)
    try checkFinite("an observation", rollout.rawObservations, rowWidth: width, stepsBefore: 0)
    for row in 0..<rollout.rowCount where rollout.terminated[row] || rollout.truncated[row] {
      if rollout.hasFiniteEnd[row] { continue }
      throw .environment(
        what: "a last observation of an episode", environment: row % count,
        timestep: timestep + (row / count + 1) * count)
    }
  }

  /// - Parameters:
  ///   - what: What the numbers are.
  ///   - numbers: Step by step, `[steps, N, rowWidth]`.
  ///   - rowWidth: How many numbers one environment gives at a step.
  ///   - stepsBefore: How many steps were taken when the first row came about.
  /// - Throws: ``TrainingError`` about the first number that is not finite.
  private func checkFinite(
    _ what: String, _ numbers: Buffer, rowWidth: Int, stepsBefore: Int
  ) throws(TrainingError) {
    if mean(of: numbers, count: numbers.count).isFinite { return }
    for index in 0..<numbers.count where !numbers.pointer[index].isFinite {
      let (step, environment) =
        (index / rowWidth).quotientAndRemainder(dividingBy: rollout.environmentCount)
      throw .environment(
        what: what, environment: environment,
        timestep: timestep + (step + stepsBefore) * rollout.environmentCount)
    }
  }
}

extension Trainer {
  /// What is stored of a run: see ``Checkpoint``.
  public var checkpoint: Checkpoint {
    Checkpoint(
      environment: environment.name, seed: seed, timestep: timestep,
      hyperparameters: hyperparameters, layout: network.layout, parameters: update.parameters,
      observationNormalizer: observationNormalizer, optimizer: update.optimizer)
  }
}
