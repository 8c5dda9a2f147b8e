import EnvironmentKit
import Foundation
import LossBalancing
import StoredFiles
import TensorCore

// A checkpoint from the state of a run, and the state of a run from a checkpoint.

/// What is stored of an update besides arrays.
private struct StoredProgress: Codable {
  var iteration: Int
  var minibatches: Int
  var weights: [Double]
  var bestReturn: Double?
  /// Whether an evaluation was stopped that follows the iteration; left out if not.
  var isEvaluationDue: Bool?
  /// Which kinds of warnings were given, and for how many updates the value has explained nothing; left
  /// out if none.
  var warnings: [String]?
  var updatesExplainingNothing: Int?

  init(_ state: TrainingState) {
    iteration = state.iteration
    minibatches = state.update.minibatchCount
    weights = state.update.weights
    bestReturn = state.bestReturn
    isEvaluationDue = state.isEvaluationDue ? true : nil
    let (given, updates) = (state.warnings.given, state.warnings.updatesExplainingNothing)
    warnings = given.isEmpty ? nil : given.map(\.rawValue).sorted()
    updatesExplainingNothing = updates == 0 ? nil : updates
  }

  /// What was warned of; kinds that another version knows are passed over.
  var memory: TrainingWarnings.Memory {
    TrainingWarnings.Memory(
      updatesExplainingNothing: max(updatesExplainingNothing ?? 0, 0),
      given: Set((warnings ?? []).compactMap(TrainingWarning.Kind.init)))
  }
}

extension Checkpoint {
  /// Whether an array of that name holds something else than a parameter.
  static func isReserved(_ name: String) -> Bool {
    ["environments", "memory", "__metadata__"].contains(name) || name.hasPrefix("optimizer.")
  }

  /// Puts together what is stored of a run.
  init(
    environment: any BatchableEnvironment, seed: UInt64, hyperparameters: Hyperparameters,
    layout: ParameterLayout,
    state: TrainingState
  ) throws {
    let timestep = state.iteration * hyperparameters.rolloutSize
    var file = Safetensors()
    for slice in layout.slices {
      file.arrays[slice.name] = .init(
        Array(state.update.parameters[slice.range]), shape: slice.shape.list)
    }
    for (name, numbers) in state.update.optimizerMemory {
      file.arrays["optimizer.\(name)"] = .init(numbers, shape: [numbers.count])
    }
    for (name, value) in state.update.optimizerCounters {
      file.arrays["optimizer.\(name)"] = .init([value], shape: [1])
    }
    if let environments = state.environments {
      file.arrays["environments"] = .init(try StoredText.data(environments))
    }
    if !state.memory.isEmpty {
      let count = hyperparameters.environmentCount
      file.arrays["memory"] = .init(state.memory, shape: [count, state.memory.count / count])
    }
    file.metadata = [
      "format": "swift-ppo", "version": Self.formatVersion, "environment": environment.name,
      StoredEnvironment.key: try StoredText.text(StoredEnvironment(environment)),
      StoredEnvironment.optionsKey: environment.options.isEmpty
        ? nil : try StoredText.text(environment.options),
      "seed": String(seed), "timestep": String(timestep),
      "hyperparameters": try StoredText.text(hyperparameters),
      "balancer": try StoredText.text(StoredBalancer(state.update.balancer)),
      "episodes": try StoredText.text(state.episodes),
      "progress": try StoredText.text(StoredProgress(state)),
      "observation_normalizer": try state.observationNormalizer.map { try StoredText.text($0) },
      "value_scaling": try state.valueScaling.map { try StoredText.text($0) },
      "return_normalizer": try state.returnNormalizer.map { try StoredText.text($0) },
    ].compactMapValues(\.self)
    file.addChecksum()
    self.init(
      environment: environment.name, seed: seed, timestep: timestep,
      hyperparameters: hyperparameters, file: file)
  }

  /// Brings a trainer that was made for this checkpoint to the state that is stored.
  ///
  /// - Throws: ``CheckpointError`` if something is missing or does not fit.
  func restore(_ trainer: Trainer) throws {
    guard environment == trainer.environment.name else {
      throw CheckpointError(
        description: """
          The checkpoint is of a run in \(environment), not in \(trainer.environment.name).
          """)
    }
    guard file.metadata["version"] == Self.formatVersion else {
      throw CheckpointError(
        description: """
          The checkpoint is of format version 1, which holds a policy and not all that is needed to \
          continue; evaluate it, or train again from its config.json.
          """)
    }
    let progress = try stored(StoredProgress.self, "progress")
    var state = trainer.state(environments: nil)
    state.iteration = progress.iteration
    state.bestReturn = progress.bestReturn
    state.isEvaluationDue = progress.isEvaluationDue ?? false
    state.warnings = progress.memory
    state.update = try update(
      like: state.update, of: trainer.network.layout, progress, trainer.balancers)
    state.environments = try trainer.ownPart(of: environments(of: trainer.environment))
    state.memory = try memory(like: state.memory)
    state.episodes = try stored(EpisodeStatistics.self, "episodes")
    state.observationNormalizer = try observationNormalizer(for: trainer.environment)
    if hyperparameters.normalizesReturns {
      state.returnNormalizer = try stored(ReturnNormalizer.self, "return_normalizer")
    }
    state.valueScaling = try valueScaling
    guard 0...1 << 52 ~= progress.iteration, 0...1 << 52 ~= progress.minibatches,
      progress.bestReturn?.isFinite ?? true,
      timestep
        == progress.iteration.multipliedReportingOverflow(by: hyperparameters.rolloutSize)
        .partialValue,
      state.episodes.isUsable,
      state.returnNormalizer?.isUsable(
        for: hyperparameters.environmentCount, discount: hyperparameters.discount) ?? true
    else { throw unfitting("counters or statistics") }
    try trainer.restore(state)
  }

  /// Checks that the file is of this environment, and holds as many copies of it and as many
  /// parameters as its hyperparameters name.
  ///
  /// - Throws: ``CheckpointError`` if it does not.
  func verifyContent(
    for environment: any BatchableEnvironment, _ network: (any PolicyNetwork)?
  ) throws {
    guard file.metadata["version"] == Self.formatVersion, self.environment == environment.name
    else { return }
    try check(environment)
    _ = try environments(of: environment)
    // Every parameter is one of the file's; layouts know their counts without having them.
    let network = try network ?? hyperparameters.makeNetwork(for: environment)
    _ = try parameters(of: network.layout)
  }

  /// The state of the update, with all the arrays that a new one has.
  private func update(
    like new: PolicyUpdate.State, of layout: ParameterLayout, _ progress: StoredProgress,
    _ balancers: BalancerRegistry
  ) throws -> PolicyUpdate.State {
    var state = new
    state.parameters = try parameters(of: layout)
    for name in state.optimizerMemory.keys {
      guard let numbers = file.arrays["optimizer.\(name)"]?.floats, numbers.count == layout.count,
        numbers.allSatisfy(\.isFinite)
      else { throw unfitting("memory '\(name)' of the optimiser") }
      state.optimizerMemory[name] = numbers
    }
    for name in state.optimizerCounters.keys {
      guard let numbers = file.arrays["optimizer.\(name)"]?.doubles, numbers.count == 1,
        numbers[0].isFinite
      else { throw unfitting("counter '\(name)' of the optimiser") }
      state.optimizerCounters[name] = numbers[0]
    }
    state.balancer = try stored(
      StoredBalancer.self, "balancer", with: [.balancerRegistry: balancers]
    ).balancer
    try compare(stored: state.balancer.terms, with: new.balancer.terms)
    guard progress.weights.count == new.weights.count, progress.weights.allSatisfy(\.isFinite)
    else { throw unfitting("weights of the losses") }
    state.weights = progress.weights
    state.minibatchCount = progress.minibatches
    return state
  }

  /// Throws what differs between the loss terms of the run and those of a trainer that goes on with it.
  private func compare(stored: [LossTerm], with new: [LossTerm]) throws(CheckpointError) {
    // Priorities may have been moved by a controller.
    func outline(_ terms: [LossTerm]) -> [String] { terms.map { "\($0.name) (\($0.kind))" } }
    let (before, now) = (outline(stored), outline(new))
    if before == now { return }
    let missing = before.filter { !now.contains($0) }
    let added = now.filter { !before.contains($0) }
    let advice =
      [
        missing.isEmpty ? nil : "Give \(missing.joined(separator: ", ")) to 'auxiliaryLosses'.",
        added.isEmpty ? nil : "Leave out \(added.joined(separator: ", ")).",
        missing.isEmpty && added.isEmpty ? "Give them in the same order." : nil,
      ].compactMap(\.self).joined(separator: " ")
    throw CheckpointError(
      description: """
        The run was made with the loss terms \(before.joined(separator: ", ")); this trainer has \
        \(now.joined(separator: ", ")). \(advice)
        """)
  }

  private func environments(
    of environment: any BatchableEnvironment
  ) throws -> any EnvironmentSnapshot {
    func decoded(_ type: (some EnvironmentSnapshot).Type) -> (any EnvironmentSnapshot)? {
      StoredText.value(type, file.arrays["environments"]?.bytes)
    }
    guard let snapshot = decoded(environment.snapshotType),
      snapshot.count == hyperparameters.environmentCount
    else { throw unfitting("states of \(hyperparameters.environmentCount) environments") }
    return snapshot
  }

  private func memory(like new: [Float]) throws -> [Float] {
    if new.isEmpty { return [] }
    guard let memory = file.arrays["memory"]?.floats, memory.count == new.count,
      memory.allSatisfy(\.isFinite)
    else { throw unfitting("memory of a recurrent network") }
    return memory
  }

  private func stored<Value: Decodable>(
    _ type: Value.Type, _ name: String, with information: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> Value {
    guard let value = StoredText.value(type, file.metadata[name], with: information) else {
      throw unfitting(name)
    }
    return value
  }

  private func unfitting(_ what: String) -> CheckpointError {
    CheckpointError(
      description: """
        The checkpoint lacks usable \(what), which is needed to go on; use another checkpoint of \
        the run.
        """)
  }
}
