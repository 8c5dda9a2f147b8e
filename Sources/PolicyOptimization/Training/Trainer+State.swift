import EnvironmentKit
import LossBalancing
import TensorCore

// How a run is stored, continued, and taken back.

extension Trainer {
  /// Everything that the next iteration depends on.
  var state: TrainingState<Base> {
    get {
      TrainingState(
        iteration: iteration, update: update.state, environments: collector.environments.snapshot,
        memory: collector.memory.array,
        observationNormalizer: observationNormalizer, returnNormalizer: returnNormalizer,
        valueScaling: valueScaling, episodes: episodes, bestReturn: bestReturn,
        isEvaluationDue: isEvaluationDue)
    }
    set {
      iteration = newValue.iteration
      update.state = newValue.update
      collector.environments.snapshot = newValue.environments
      collector.memory.assign(newValue.memory)
      observationNormalizer = newValue.observationNormalizer
      returnNormalizer = newValue.returnNormalizer
      valueScaling = newValue.valueScaling
      episodes = newValue.episodes
      bestReturn = newValue.bestReturn
      isEvaluationDue = newValue.isEvaluationDue
      observe()
    }
  }

  /// What is stored of the run: see ``Checkpoint``.
  ///
  /// - Throws: ``CheckpointError`` if the state of an environment cannot be encoded.
  public var checkpoint: Checkpoint {
    get throws {
      try Checkpoint(
        environment: environment, seed: seed, hyperparameters: hyperparameters,
        layout: network.layout, state: state)
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
  ///   - network: The network of one's own that the run was made with.
  ///   - auxiliaryLosses: The losses of one's own that the run was made with.
  ///   - balancers: Where the balancer of the run is looked up.
  ///   - detectsAnomalies: As in a new run.
  /// - Throws: ``CheckpointError`` if the checkpoint does not fit or is of a version that does not
  ///   hold what is needed, and as the initialiser of a new run does.
  public convenience init(
    _ environment: Base, resuming checkpoint: Checkpoint, totalTimesteps: Int? = nil,
    stopsWhenSolved: Bool? = nil, threads: Int = WorkerPool.machineThreads,
    network: (any PolicyNetwork)? = nil,
    auxiliaryLosses: [AuxiliaryLoss] = [], balancers: BalancerRegistry = .standard,
    detectsAnomalies: Bool = false
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
      initializesParameters: false)
    try checkpoint.restore(self)
  }
}
