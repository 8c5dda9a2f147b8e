import EnvironmentKit
import LossBalancing
import TensorCore

// How a run is stored, continued, and taken back.

extension Trainer {
  /// Everything that the next iteration depends on.
  ///
  /// - Parameter environments: Where the environments stand.
  /// - Returns: A copy of it.
  func state(environments: (any EnvironmentSnapshot)?) -> TrainingState {
    TrainingState(
      iteration: iteration, update: update.state, environments: environments,
      memory: collector.memory.array,
      observationNormalizer: observationNormalizer, returnNormalizer: returnNormalizer,
      valueScaling: valueScaling, episodes: episodes, bestReturn: bestReturn,
      isEvaluationDue: isEvaluationDue, warnings: warnings.memory)
  }

  /// Goes back to a state, or on from one.
  ///
  /// - Throws: If the environments cannot be brought to where they stood.
  func restore(_ state: TrainingState) throws {
    iteration = state.iteration
    update.state = state.update
    if let environments = state.environments {
      try collector.environments.restore(any: environments)
    }
    collector.memory.assign(state.memory)
    observationNormalizer = state.observationNormalizer
    returnNormalizer = state.returnNormalizer
    valueScaling = state.valueScaling
    episodes = state.episodes
    bestReturn = state.bestReturn
    isEvaluationDue = state.isEvaluationDue
    warnings.memory = state.warnings
    warnings.updates = state.iteration
    observe()
  }

  /// What an iteration that fails or is stopped goes back to; without the environments where those
  /// cannot be taken back.
  func stateToReturnTo() throws(TrainingError) -> TrainingState {
    do {
      return state(environments: canTakeBack ? try collector.environments.snapshot() : nil)
    } catch {
      throw simulatorError(error)
    }
  }

  /// Undoes an iteration.
  func takeBack(to state: TrainingState) throws(TrainingError) {
    do {
      try restore(state)
    } catch {
      throw simulatorError(error)
    }
  }

  func simulatorError(_ error: any Error) -> TrainingError {
    TrainingError(
      simulator: error, stepping: 0..<rollout.environmentCount, timestep: timestep)
  }

  /// What is to be said about the environments of a run that is resumed, as the end of a sentence, if
  /// some could not be brought back to where they were.
  public var environmentNotice: String? { collector.environments.notice }

  /// What is stored of the run: see ``Checkpoint``.
  ///
  /// Where several ranks share the run it is made on rank 0 alone, which asks the others for the states
  /// of their environments.
  ///
  /// - Throws: ``CheckpointError`` if the state of an environment cannot be encoded.
  public var checkpoint: Checkpoint {
    get throws {
      try Checkpoint(
        environment: environment, seed: seed, hyperparameters: hyperparameters,
        layout: network.layout, state: state(environments: collectSnapshot()))
    }
  }

  /// Continues a run where a checkpoint was made, as if it had never been interrupted.
  ///
  /// - Parameters:
  ///   - environment: The environment of the run.
  ///   - checkpoint: The checkpoint.
  ///   - totalTimesteps: For how many steps the run goes on in all, or `nil` for as many as were
  ///     planned. Where learning rate or clip range are annealed, they fall over all of them.
  ///   - stopsWhenSolved: Whether the run ends when the task is solved, or `nil` for as it was.
  ///   - threads: How many threads to use; the result does not depend on it.
  ///   - network: The custom network that the run was made with.
  ///   - auxiliaryLosses: The auxiliary losses that the run was made with.
  ///   - balancers: Where the balancer of the run is looked up.
  ///   - detectsAnomalies: As in a new run.
  ///   - ranks: The processes that share the run from now on, as many as wanted.
  ///   - splitsUpdate: As in a new run.
  /// - Throws: ``CheckpointError`` if the checkpoint does not fit or is of a version that does not
  ///   hold what is needed, and as the initialiser of a new run does.
  public convenience init(
    _ environment: any BatchableEnvironment, resuming checkpoint: Checkpoint,
    totalTimesteps: Int? = nil,
    stopsWhenSolved: Bool? = nil, threads: Int = WorkerPool.machineThreads,
    network: (any PolicyNetwork)? = nil,
    auxiliaryLosses: [AuxiliaryLoss] = [], balancers: BalancerRegistry = .standard,
    detectsAnomalies: Bool = false, ranks: any RankGroup = SingleRank(),
    splitsUpdate: Bool = false
  ) throws {
    var hyperparameters = checkpoint.hyperparameters
    if let totalTimesteps {
      guard totalTimesteps >= hyperparameters.totalTimesteps else {
        throw InvalidHyperparameter(
          """
          \(\.totalTimesteps) is \(totalTimesteps); the run was begun for \
          \(hyperparameters.totalTimesteps) steps and can only be made longer.
          """)
      }
      hyperparameters.totalTimesteps = totalTimesteps
    }
    if let stopsWhenSolved { hyperparameters.stopsWhenSolved = stopsWhenSolved }
    // Nothing is allocated for what a small file only claims to hold.
    try checkpoint.verifyContent(for: environment, network)
    try self.init(
      environment, hyperparameters, seed: checkpoint.seed, threads: threads, network: network,
      auxiliaryLosses: auxiliaryLosses, balancers: balancers, detectsAnomalies: detectsAnomalies,
      ranks: ranks, splitsUpdate: splitsUpdate, initializesParameters: false)
    try checkpoint.restore(self)
  }
}
