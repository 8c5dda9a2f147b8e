import EnvironmentKit
import NeuralNetworks
import RandomStreams
import Synchronization
import TensorCore

/// Lets a policy act in environments and writes down what happens.
///
/// The environments are dealt out to the threads, each of which takes its share through all T
/// steps without waiting for the others: the policy does not change meanwhile, and no environment
/// depends on another. Where several ranks share the run, each has some of the environments.
final class RolloutCollector {
  /// The environments of this rank.
  let environments: any EnvironmentBatch
  /// Their numbers among all N.
  let own: Range<Int>
  private let count: Int
  private let network: any PolicyNetwork
  private let pool: WorkerPool
  private let seed: UInt64
  private let actionSpace: ActionSpace
  private let noise: ExplorationNoise?
  private let tapes: [Tape]
  private let packedWeights: PackedWeights
  /// What the network remembers of each environment, `[N, S]`.
  let memory: Buffer
  // What the environments get, and the last observations of episodes that end.
  private let boundedActions: Buffer
  private let finalObservations: Buffer
  /// The last observations, and what was remembered, of episodes that a time limit cut off at a step:
  /// those of a share lie side by side from the share's first row on.
  private let cutOffObservations: Buffer
  private let cutOffMemory: Buffer
  /// Asks all threads to stop where they are.
  private let isStopped = Atomic<Bool>(false)
  /// What went wrong in the first range of environments that could not be stepped.
  private let failure = Mutex<(rows: Range<Int>, error: TrainingError)?>(nil)

  /// Prepares for a rollout of N environments.
  ///
  /// - Parameters:
  ///   - environments: Those that this process steps.
  ///   - own: Their numbers.
  ///   - count: N.
  ///   - environment: What they are copies of.
  ///   - network: What chooses the actions.
  ///   - pool: The threads.
  ///   - seed: The seed of the run.
  init(
    _ environments: any EnvironmentBatch, numbered own: Range<Int>, of count: Int,
    _ environment: any BatchableEnvironment,
    network: any PolicyNetwork, pool: WorkerPool, seed: UInt64
  ) {
    self.environments = environments
    self.own = own
    self.count = count
    self.network = network
    self.pool = pool
    self.seed = seed
    actionSpace = environment.actionSpace
    noise = ExplorationNoise(
      for: network, environments: count, purpose: .exploration)
    memory = Buffer(count: count * network.memoryCount)
    tapes = (0..<pool.count).map { _ in Tape(isRecording: false) }
    packedWeights = PackedWeights(network.layout)
    boundedActions = Buffer(count: count * environment.actionSpace.componentCount)
    finalObservations = Buffer(count: count * environment.observationSpace.count)
    cutOffObservations = Buffer(count: finalObservations.count)
    cutOffMemory = Buffer(count: memory.count)
  }

  /// Fills a rollout, or as much of it as there is: a thread stops at a state in which nothing is
  /// valid, which ``Rollout/checkMasks(counts:after:)`` then finds.
  ///
  /// - Parameters:
  ///   - rollout: Its first observations must be there already.
  ///   - parameters: The network's.
  ///   - normalizer: What observations pass through before the network sees them.
  ///   - firstStep: How many steps each environment has taken in the run so far; the actions'
  ///     random numbers depend on it and on the environment, and on nothing else.
  ///   - shouldStop: Asked before every step of the share of the thread that has called.
  /// - Returns: Whether it was not stopped.
  /// - Throws: ``TrainingError`` if environments could not be stepped.
  func collect(
    into rollout: Rollout, parameters: Buffer, normalizer: ObservationNormalizer?, firstStep: Int,
    until shouldStop: () -> Bool = { false }
  ) throws(TrainingError) -> Bool {
    let shares = min(pool.count, own.count, environments.maximumShares)
    if let environment = rollout.unusableStart {
      throw TrainingError(
        "an observation", Double.nan,
        at: .bytes(environment: environment, timestep: firstStep * count))
    }
    isStopped.store(false, ordering: .relaxed)
    packedWeights.update(from: parameters)
    // Each thread has its own tape and its own environments, whose rows it writes.
    nonisolated(unsafe) let collector = self
    withoutActuallyEscaping(shouldStop) { shouldStop in
      // Worker 0 is the thread that has called, and no other asks.
      nonisolated(unsafe) let shouldStop = shouldStop
      pool.run(shares) { share, worker in
        let (first, count) = (collector.own.lowerBound, collector.own.count)
        collector.collect(
          first + share * count / shares..<first + (share + 1) * count / shares,
          on: collector.tapes[worker],
          into: rollout, parameters: parameters, normalizer: normalizer, firstStep: firstStep,
          until: worker == 0 ? shouldStop : { false })
      }
    }
    if let error = failure.withLock({ $0 })?.error {
      failure.withLock { $0 = nil }
      throw error
    }
    return !isStopped.load(ordering: .relaxed)
  }

  /// The rows of some environments in the batch of this rank.
  private func rows(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound - own.lowerBound..<range.upperBound - own.lowerBound
  }

  /// Notes that some environments could not be stepped.
  private func note(_ error: any Error, at range: Range<Int>, step: Int) {
    let timestep = (step + 1) * count
    failure.withLock { failure in
      if let failure, failure.rows.lowerBound < range.lowerBound { return }
      failure = (
        range, TrainingError(simulator: error, stepping: range, timestep: timestep)
      )
    }
  }

  /// Notes that an observation cannot be kept.
  private func note(_ environment: Int, at range: Range<Int>, timestep: Int) {
    failure.withLock { failure in
      if let failure, failure.rows.lowerBound < range.lowerBound { return }
      failure = (
        range,
        TrainingError(
          "an observation", Double.nan, at: .bytes(environment: environment, timestep: timestep))
      )
    }
  }

  /// Takes some environments through all steps.
  private func collect(
    _ range: Range<Int>, on tape: Tape, into rollout: Rollout, parameters: Buffer,
    normalizer: ObservationNormalizer?, firstStep: Int, until shouldStop: () -> Bool
  ) {
    for step in 0..<rollout.stepCount {
      if shouldStop() { isStopped.store(true, ordering: .relaxed) }
      if isStopped.load(ordering: .relaxed) { return }
      guard prepare(rollout, range, step: step) else { return }
      act(
        tape, rollout, range, step: step, parameters: parameters, normalizer: normalizer,
        draw: firstStep + step)
      let buffers = self.buffers(rollout, range, step: step)
      do {
        try environments.step(rows(range), through: buffers)
      } catch {
        note(error, at: range, step: firstStep + step)
        return
      }
      bootstrapTruncations(tape, rollout, range, step, parameters, normalizer)
      if let environment = rollout.storeObservations(of: range, step: step + 1) {
        note(environment, at: range, timestep: (firstStep + step + 1) * rollout.environmentCount)
        return
      }
    }
    normalize(rollout, range, step: rollout.stepCount, normalizer)
    tape.reset(parameters: parameters, packed: packedWeights)
    let last = evaluate(tape, rollout, range, step: rollout.stepCount)
    rollout.values.pointer.advanced(by: rollout.rowCount + range.lowerBound)
      .update(from: last.value.memory, count: range.count)
  }

  /// Chooses the actions of a step and notes their probabilities and the values.
  private func act(
    _ tape: Tape, _ rollout: Rollout, _ range: Range<Int>, step: Int, parameters: Buffer,
    normalizer: ObservationNormalizer?, draw: Int
  ) {
    normalize(rollout, range, step: step, normalizer)
    noise?.update(range, seed: seed, step: step, draw: draw)
    tape.reset(parameters: parameters, packed: packedWeights)
    let output = evaluate(tape, rollout, range, step: step)
    remember(output, range)
    let width = rollout.actionCount
    let row = step * rollout.environmentCount + range.lowerBound
    let actions = rollout.actions.pointer + row * width
    let position = UInt64(draw) * actionSpace.wordsPerAction
    output.policy.sample(to: actions, noise: noise?.numbers(from: range.lowerBound)) {
      [seed] environment in
      RandomStream(
        seed: seed, purpose: .action, index: range.lowerBound + environment, position: position)
    }
    let logProbabilities = output.policy.logProbability(
      of: tape.constant(actions, shape: Shape(range.count, width)))
    (rollout.logProbabilities.pointer + row)
      .update(from: logProbabilities.memory, count: range.count)
    (rollout.values.pointer + row).update(from: output.value.memory, count: range.count)
    output.policy.writeBounded(
      actions, rows: range.count, in: actionSpace,
      to: boundedActions.pointer + range.lowerBound * width)
  }

  /// Notes which choices are valid, and what is remembered where a sequence begins.
  ///
  /// - Returns: Whether something is valid in all environments.
  private func prepare(_ rollout: Rollout, _ range: Range<Int>, step: Int) -> Bool {
    let (choices, remembered) = (rollout.choiceCount, rollout.memoryCount)
    if remembered > 0, step % rollout.sequenceLength == 0 {
      let sequence = step / rollout.sequenceLength * rollout.environmentCount + range.lowerBound
      (rollout.memories.pointer + sequence * remembered).update(
        from: memory.pointer + range.lowerBound * remembered, count: range.count * remembered)
    }
    guard choices > 0 else { return true }
    let row = step * rollout.environmentCount + range.lowerBound
    return environments.writeActionMasks(
      into: rollout.actionMasks.pointer + row * choices, of: rows(range))
  }

  private func evaluate(
    _ tape: Tape, _ rollout: Rollout, _ range: Range<Int>, step: Int
  ) -> PolicyOutput {
    let (width, choices) = (rollout.observationCount, rollout.choiceCount)
    let row = step * rollout.environmentCount + range.lowerBound
    let seen = rollout.observationRow(step: step, environment: range.lowerBound)
    let observations = tape.constant(
      rollout.observations.pointer + seen * width, shape: Shape(range.count, width))
    let isMasked = choices > 0 && step < rollout.stepCount
    let mask =
      isMasked
      ? tape.constant(
        rollout.actionMasks.pointer + row * choices, shape: Shape(range.count, choices)) : nil
    return network(
      PolicyInput(
        observations: observations, actionMask: mask, memory: memory(memory, of: range, on: tape)),
      on: tape)
  }

  /// What is remembered in some rows, if anything is.
  private func memory(
    _ memory: Buffer, of range: Range<Int>, on tape: Tape
  ) -> SequenceMemory? {
    let count = network.memoryCount
    guard count > 0 else { return nil }
    let states = tape.constant(
      memory.pointer + range.lowerBound * count, shape: Shape(range.count, count))
    return SequenceMemory(steps: 1, states: states)
  }

  /// Looks for what is remembered of an environment and is not finite.
  ///
  /// - Parameter timestep: How many steps all environments together have taken.
  /// - Throws: ``TrainingError`` about the first such number.
  func checkMemory(at timestep: Int) throws(TrainingError) {
    guard let index = memory.elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw TrainingError(
      "memory", memory.pointer[index],
      at: .policy(environment: index / network.memoryCount, timestep: timestep))
  }

  private func remember(_ output: PolicyOutput, _ range: Range<Int>) {
    guard let states = output.memory else { return }
    (memory.pointer + range.lowerBound * network.memoryCount)
      .update(from: states.memory, count: states.shape.count)
  }

  /// Looks at the last observations of episodes that ended, and notes what was to be expected where
  /// one was cut off, by what was remembered then.
  private func bootstrapTruncations(
    _ tape: Tape, _ rollout: Rollout, _ range: Range<Int>, _ step: Int, _ parameters: Buffer,
    _ normalizer: ObservationNormalizer?
  ) {
    let first = step * rollout.environmentCount
    var cutOff = 0
    for environment in range {
      let row = first + environment
      guard rollout.endings[row] != .none else { continue }
      let observation = finalObservations.pointer + environment * rollout.observationCount
      let numbers = UnsafeBufferPointer(start: observation, count: rollout.observationCount)
      rollout.hasFiniteEnd[row] = numbers.allSatisfy(\.isFinite)
      if rollout.endings[row] == .truncated {
        gather(environment, at: range.lowerBound + cutOff, rollout)
        cutOff += 1
      }
      forget(environment)
    }
    if cutOff == 0 { return }
    let values = evaluateCutOff(
      tape, range.lowerBound..<range.lowerBound + cutOff, rollout.observationCount, parameters,
      normalizer)
    var next = 0
    for environment in range where rollout.endings[first + environment] == .truncated {
      rollout.finalValues.pointer[first + environment] = values.memory[next]
      next += 1
    }
  }

  /// Puts the last observation of an episode that was cut off, and what was remembered of it, behind
  /// those of others, so that one pass through the network serves them all.
  private func gather(_ environment: Int, at place: Int, _ rollout: Rollout) {
    let (width, count) = (rollout.observationCount, network.memoryCount)
    (cutOffObservations.pointer + place * width)
      .update(from: finalObservations.pointer + environment * width, count: width)
    (cutOffMemory.pointer + place * count)
      .update(from: memory.pointer + environment * count, count: count)
  }

  /// The values of the gathered rows.
  private func evaluateCutOff(
    _ tape: Tape, _ places: Range<Int>, _ width: Int, _ parameters: Buffer,
    _ normalizer: ObservationNormalizer?
  ) -> Variable {
    let observations = cutOffObservations.pointer + places.lowerBound * width
    normalizer?.apply(to: observations, from: observations, rows: places.count)
    tape.reset(parameters: parameters, packed: packedWeights)
    let input = PolicyInput(
      observations: tape.constant(observations, shape: Shape(places.count, width)),
      memory: memory(cutOffMemory, of: places, on: tape))
    return network(input, on: tape).value
  }

  /// Forgets what happened in an episode that is over.
  private func forget(_ environment: Int) {
    let count = network.memoryCount
    (memory.pointer + environment * count).update(repeating: 0, count: count)
  }

  private func normalize(
    _ rollout: Rollout, _ range: Range<Int>, step: Int, _ normalizer: ObservationNormalizer?
  ) {
    guard let normalizer else { return }
    let row = rollout.observationRow(step: step, environment: range.lowerBound)
    let at = row * rollout.observationCount
    normalizer.apply(
      to: rollout.observations.pointer + at, from: rollout.rawObservations.pointer + at,
      rows: range.count)
  }

  private func buffers(_ rollout: Rollout, _ range: Range<Int>, step: Int) -> StepBuffers {
    let (width, first) = (rollout.observationCount, range.lowerBound)
    let row = step * rollout.environmentCount + first
    let next = rollout.observationRow(step: step + 1, environment: first)
    return StepBuffers(
      actions: boundedActions.pointer + first * rollout.actionCount,
      observations: rollout.rawObservations.pointer + next * width,
      finalObservations: finalObservations.pointer + first * width,
      rewards: rollout.rewards.pointer + row,
      endings: rollout.endings + row,
      episodeReturns: rollout.episodeReturns + row,
      episodeLengths: rollout.episodeLengths + row)
  }
}
