import CKernels
import EnvironmentKit
import LossBalancing
import RandomStreams
import TensorCore

/// Trains a policy in an environment with PPO.
///
///     let trainer = try Trainer(CartPole(), hyperparameters, seed: 1)
///     try trainer.train { event in … }
///     let evaluation = try trainer.policy.evaluate(in: CartPole(), episodes: 100, seed: 1)
///
/// A trainer never prints, draws or reads a clock: it reports ``TrainingEvent``s. The
/// same environment, hyperparameters and seed give the same parameters to the bit, on any number of
/// threads.
public final class Trainer {
  /// The choices that the run depends on.
  public let hyperparameters: Hyperparameters
  /// The seed of all randomness.
  public let seed: UInt64

  /// What is trained in.
  public let environment: any BatchableEnvironment
  /// The processes that share the run.
  public let ranks: any RankGroup
  private let pool: WorkerPool
  let network: any PolicyNetwork
  let collector: RolloutCollector
  let rollout: Rollout
  /// What brings the rows of all ranks together; `nil` where this one is alone.
  let exchange: RolloutExchange?
  let minibatch: Minibatch
  let update: PolicyUpdate
  var observationNormalizer: ObservationNormalizer?
  var returnNormalizer: ReturnNormalizer?
  var valueScaling: ValueScaling?
  var episodes = EpisodeStatistics()
  var iteration = 0
  var bestReturn: Double?
  var isEvaluationDue = false
  /// Whether this process has compared what it computes with the other ranks.
  var hasComparedRanks = false
  var warnings: TrainingWarnings
  let balancers: BalancerRegistry
  private let detectsAnomalies: Bool

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - environment: What to train in.
  ///   - hyperparameters: How to train.
  ///   - seed: The seed of all randomness.
  ///   - threads: How many threads to use; the result does not depend on it.
  ///   - network: A custom network, or `nil` for the one that the hyperparameters describe.
  ///   - auxiliaryLosses: Losses beside those of PPO.
  ///   - balancers: The registry in which the name of the balancer is looked up, such as the standard
  ///     one with an addition.
  ///   - detectsAnomalies: Whether to check the parameters after every step and, where a number is
  ///     not finite, to find the operation that gave it first.
  ///   - ranks: The processes that share the run, each of which makes the same trainer; the result does
  ///     not depend on how many there are.
  ///   - splitsUpdate: Whether ranks share each minibatch, too, and not the environments alone.
  /// - Throws: A sentence about hyperparameters, an environment, an action space or a balancer that
  ///   cannot be used, and ``NetworkMismatch`` about a network or an auxiliary loss whose outputs have
  ///   not the shapes that are needed.
  public convenience init(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, seed: UInt64,
    threads: Int = WorkerPool.machineThreads, network: (any PolicyNetwork)? = nil,
    auxiliaryLosses: [AuxiliaryLoss] = [], balancers: BalancerRegistry = .standard,
    detectsAnomalies: Bool = false, ranks: any RankGroup = SingleRank(),
    splitsUpdate: Bool = false
  ) throws {
    try hyperparameters.validateForTraining()
    try self.init(
      environment, hyperparameters, seed: seed, threads: threads, network: network,
      auxiliaryLosses: auxiliaryLosses, balancers: balancers, detectsAnomalies: detectsAnomalies,
      ranks: ranks, splitsUpdate: splitsUpdate, initializesParameters: true)
  }

  // Prepares a new run, or one whose parameters a checkpoint will overwrite: initialising the network
  // would then only take time.
  init(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, seed: UInt64,
    threads: Int,
    network: (any PolicyNetwork)?, auxiliaryLosses: [AuxiliaryLoss], balancers: BalancerRegistry,
    detectsAnomalies: Bool, ranks: any RankGroup, splitsUpdate: Bool, initializesParameters: Bool
  ) throws {
    try hyperparameters.validate()
    try hyperparameters.validate(for: ranks)
    try EnvironmentChecker().checkDeclarations(of: environment)
    try hyperparameters.checkPolicy(for: environment.actionSpace)
    self.environment = environment
    self.hyperparameters = hyperparameters
    self.seed = seed
    self.balancers = balancers
    self.ranks = ranks
    self.detectsAnomalies = detectsAnomalies
    warnings = TrainingWarnings(for: environment.actionSpace, hyperparameters)
    pool = WorkerPool(count: threads)
    let network = try network ?? hyperparameters.makeNetwork(for: environment)
    self.network = network
    if network.memoryCount > 0 { try hyperparameters.validateSequences() }
    let (count, width) = (hyperparameters.environmentCount, environment.observationSpace.count)
    let own = ranks.share(of: count)
    collector = RolloutCollector(
      try environment.makeBatch(
        of: own, seed: seed, purpose: .environment, afterEnd: .restart),
      numbered: own, of: count, environment, network: network, pool: pool, seed: seed)
    if hyperparameters.normalizesObservations {
      observationNormalizer = ObservationNormalizer(of: environment.observationLayout)
    }
    rollout = Rollout(
      steps: hyperparameters.stepsPerRollout, environments: count, observationCount: width,
      layout: environment.observationLayout,
      actionCount: environment.actionSpace.componentCount,
      normalizesObservations: observationNormalizer != nil,
      choiceCount: environment.maskedChoiceCount ?? 0,
      memoryCount: network.memoryCount,
      sequenceLength: hyperparameters.sequenceLength(for: network))
    exchange =
      ranks.count > 1 ? RolloutExchange(of: rollout, memory: collector.memory, ranks) : nil
    minibatch = Minibatch(of: rollout, capacity: hyperparameters.minibatchSize)
    update = PolicyUpdate(
      network: network, hyperparameters: hyperparameters,
      balancer: try balancers.make(
        hyperparameters.balancer,
        terms: hyperparameters.lossTerms + auxiliaryLosses.map(\.term)),
      auxiliaryLosses: auxiliaryLosses, seed: seed, pool: pool,
      ranks: splitsUpdate ? ranks : SingleRank(),
      detectsAnomalies: detectsAnomalies, initializesParameters: initializesParameters)
    update.loss.rowResults = [minibatch.divergences, minibatch.clipped]
    try update.checkShapes(in: environment, minibatch)
    try update.checkStart()
    if hyperparameters.normalizesReturns {
      returnNormalizer = ReturnNormalizer(
        environments: count, discount: hyperparameters.discount)
    }
    try prepareValueScaling()
    observe()
  }

  /// Writes what the environments show now to where the next rollout begins.
  func observe() {
    let own = collector.own
    let row = rollout.observationRow(step: rollout.stepCount, environment: own.lowerBound)
    collector.environments.observe(
      0..<own.count, into: rollout.rawObservations.pointer + row * rollout.observationCount)
    rollout.unusableStart = rollout.storeObservations(of: own, step: rollout.stepCount)
  }

  /// How many steps all environments together have taken.
  public var timestep: Int { iteration * hyperparameters.rolloutSize }

  /// When the task counted as solved, in steps of all environments together.
  public var solvedAt: Int? { episodes.solvedAt }

  /// The mean return of the last 100 finished episodes, or of all if there are fewer.
  public var meanReturn: Double? { episodes.meanReturn }

  /// Whether the run has come to its end: all steps were taken, or the task is solved and that is
  /// where it stops.
  public var isFinished: Bool { hasDoneAllIterations && !isEvaluationDue }

  /// Whether no iteration follows.
  var hasDoneAllIterations: Bool {
    iteration >= hyperparameters.iterationCount
      || hyperparameters.stopsWhenSolved && solvedAt != nil
  }

  /// Whether an iteration that fails, or is stopped, can be taken back. It cannot where
  /// the environment has objects as states: after a failure those stand somewhere in the iteration,
  /// and a checkpoint would store them there.
  public var canTakeBack: Bool { collector.environments.canTakeBack }

  /// The names of the loss terms, in the order of all arrays of reports.
  public var termNames: [String] { update.balancer.terms.map(\.name) }

  /// The policy as it is now, independent of the trainer.
  public var policy: TrainedPolicy {
    TrainedPolicy(
      network: network, parameters: Buffer(update.parameters.array),
      normalizer: observationNormalizer, valueScaling: valueScaling,
      rewardUnit: hyperparameters.rewardUnit(returnNormalizer))
  }

  /// Trains to the end of the run, or until asked to stop.
  ///
  /// - Parameters:
  ///   - listener: Receives the events of the run.
  ///   - shouldStop: Asked at every step of a rollout and of an evaluation, and before every minibatch,
  ///     on the thread that has called. An iteration that is stopped before its end is undone, so that a
  ///     resumed run repeats it; where that cannot be, see ``canTakeBack``, the iteration is finished. A
  ///     resumed run begins with an evaluation that was stopped.
  /// - Throws: ``TrainingError`` if a number is not finite; everything is then as it was before the
  ///   iteration, but for environments that have objects as states, which cannot be taken back.
  public func train(
    listener: (TrainingEvent) -> Void = { _ in }, until shouldStop: () -> Bool = { false }
  ) throws(TrainingError) {
    let canTakeBack = canTakeBack
    while !isFinished, !ranksAgreeToStop(shouldStop()) {
      let before = try stateToReturnTo()
      do {
        if !isEvaluationDue {
          guard let report = try iterate(until: { canTakeBack && shouldStop() }) else {
            try takeBack(to: before)
            return
          }
          notify(listener, report, after: before)
          isEvaluationDue = isTimeToEvaluate
        }
        if isEvaluationDue { try evaluate(listener, until: shouldStop) }
        listener(.iterationFinished)
      } catch {
        let located = locate(error, before)
        try takeBack(to: before)
        throw located
      }
    }
  }

  /// Reports an iteration, with its warnings.
  private func notify(
    _ listener: (TrainingEvent) -> Void, _ report: UpdateReport, after before: TrainingState
  ) {
    if let solvedAt, before.episodes.solvedAt == nil { listener(.solved(timestep: solvedAt)) }
    listener(.updated(report))
    var found = warnings.inspect(
      report, valueError: rollout.relativeValueError, isSolved: solvedAt != nil,
      observationNormalizer)
    found += warnings.inspect(
      update.parameters.elements, before: before.update.parameters,
      isFirst: report.iteration == 1)
    if report.iteration == 1 { found += warnings.inspect(atStart: rollout) }
    for warning in found { listener(.warning(warning)) }
  }

  /// One iteration of PPO: acts, looks back, learns. Gives `nil` if it was stopped before its end.
  private func iterate(until shouldStop: () -> Bool) throws(TrainingError) -> UpdateReport? {
    let progress = Double(iteration) / Double(hyperparameters.iterationCount)
    let learningRate = hyperparameters.learningRate(at: progress)
    let clipRange = hyperparameters.clipRange(at: progress)

    rollout.beginNext()
    rollout.normalizer = observationNormalizer
    guard try collect(until: shouldStop) else { return nil }
    try rollout.checkMasks(counts: environment.actionSpace.choiceCounts, after: timestep)
    try rollout.checkFinite(after: timestep)
    try collector.checkMemory(at: timestep + hyperparameters.rolloutSize)
    rollout.forEachFinishedEpisode(after: timestep) {
      episodes.add($0, threshold: environment.rewardThreshold)
    }

    try scaleRewards()
    try unscaleValues()
    rollout.estimateAdvantages(
      discount: hyperparameters.discount, traceDecay: hyperparameters.traceDecay,
      bootstrapsAtTimeLimits: hyperparameters.bootstrapsAtTimeLimits)
    try rollout.checkAdvantages(after: timestep)
    if hyperparameters.advantageNormalization == .rollout { rollout.normalizeAdvantages() }
    try scaleReturns()
    let means = try update.update(
      on: rollout, minibatch, iteration: iteration, learningRate: learningRate,
      clipRange: clipRange, until: { exchange == nil && shouldStop() })
    guard let means else { return nil }
    adaptCoefficients(means)

    observationNormalizer?.update(with: rollout)
    iteration += 1
    return report(means, learningRate: learningRate, clipRange: clipRange)
  }

  /// Fills the rollout, with the other ranks where there are some. Gives `false` if it was stopped.
  private func collect(until shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    guard let exchange else { return try collectOwn(until: shouldStop) }
    return try exchange.collect(normalizer: observationNormalizer) {
      () throws(TrainingError) -> Bool in try collectOwn(until: shouldStop)
    }
  }

  private func collectOwn(until shouldStop: () -> Bool) throws(TrainingError) -> Bool {
    try collector.collect(
      into: rollout, parameters: update.parameters, normalizer: observationNormalizer,
      firstStep: iteration * hyperparameters.stepsPerRollout, until: shouldStop)
  }

  /// An error with what the iteration that failed knows of it.
  private func locate(_ error: TrainingError, _ before: TrainingState) -> TrainingError {
    var error = error
    error.timestep = before.iteration * hyperparameters.rolloutSize
    error.seed = seed
    error.remedy = hyperparameters.remedyAgainstDivergence(
      largestReturn: rollout.largestReturn(after: error))
    if detectsAnomalies, case .minibatch = error.place {
      let progress = Double(iteration) / Double(hyperparameters.iterationCount)
      error.operation = update.originOfAnomaly(
        at: minibatch, clipRange: hyperparameters.clipRange(at: progress))
    }
    return error
  }

  private func scaleRewards() throws(TrainingError) {
    if hyperparameters.rewardScale != 1 {
      ck_run_scale(
        rollout.rewards.pointer, rollout.rewards.pointer, Float(hyperparameters.rewardScale),
        rollout.rowCount)
      try rollout.checkScaledRewards(after: timestep)
    }
    try returnNormalizer?.apply(to: rollout, after: timestep)
  }

  private func report(
    _ means: UpdateMeans, learningRate: Double, clipRange: Double
  ) -> UpdateReport {
    UpdateReport(
      iteration: iteration, timestep: timestep,
      totalTimesteps: hyperparameters.iterationCount * hyperparameters.rolloutSize,
      meanReturn: episodes.meanReturn, meanLength: episodes.meanLength,
      episodeCount: episodes.count, learningRate: learningRate, clipRange: clipRange,
      losses: means.values,
      approximateDivergence: means.divergence, clipFraction: means.clipFraction,
      explainedVariance: rollout.explainedVariance, gradientNorm: means.gradientNorm,
      weights: means.weights, balance: means.balance)
  }
}
