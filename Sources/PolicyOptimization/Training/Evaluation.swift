import EnvironmentKit
import RandomStreams
import TensorCore

/// How a policy fared in some episodes.
public struct Evaluation: Sendable, Hashable {
  /// The sums of the rewards of the episodes.
  public let returns: [Double]
  /// The numbers of steps of the episodes.
  public let lengths: [Int]

  /// The mean return.
  public var meanReturn: Double { returns.reduce(0, +) / Double(returns.count) }

  /// The deviation of the returns, with n in the denominator.
  public var standardDeviation: Double {
    let mean = meanReturn
    let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(returns.count)).squareRoot()
  }

  /// The median return.
  public var medianReturn: Double {
    let sorted = returns.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The mean number of steps.
  public var meanLength: Double { Double(lengths.reduce(0, +)) / Double(lengths.count) }
}

extension TrainedPolicy {
  /// Lets the policy act for some episodes.
  ///
  /// Every episode has an environment and random numbers of its own, so the result depends on the
  /// seed alone.
  ///
  /// - Parameters:
  ///   - environment: Where to act; it must have a time limit or end by itself.
  ///   - episodes: How many episodes, at least 1.
  ///   - seed: The seed; other numbers are drawn than in training with the same seed.
  ///   - isStochastic: Whether actions are drawn, instead of the most probable taken.
  /// - Returns: What the episodes earned and how long they took, in the order of their streams.
  public func evaluate(
    in environment: some Environment, episodes: Int, seed: UInt64, isStochastic: Bool = false
  ) -> Evaluation {
    precondition(episodes > 0, "An evaluation needs at least 1 episode, not \(episodes).")
    let environments = VectorEnvironment(
      environment, count: episodes, seed: seed, purpose: .evaluationEnvironment)
    let step = EvaluationStep(episodes: episodes, environment: environment)
    environments.observe(into: step.observations.pointer)
    let tape = Tape(isRecording: false)
    var finished: [(episodeReturn: Double, length: Int)?] = Array(repeating: nil, count: episodes)
    var taken = 0
    while finished.contains(where: { $0 == nil }) {
      act(tape, step, seed: seed, draw: taken, isStochastic: isStochastic)
      environments.step(0..<episodes, through: step.buffers)
      for episode in 0..<episodes where finished[episode] == nil && step.isOver(episode) {
        finished[episode] = step.result(of: episode)
      }
      taken += 1
    }
    let results = finished.compactMap(\.self)
    return Evaluation(returns: results.map(\.episodeReturn), lengths: results.map(\.length))
  }

  private func act(
    _ tape: Tape, _ step: EvaluationStep, seed: UInt64, draw: Int, isStochastic: Bool
  ) {
    normalizer?.apply(
      to: step.observations.pointer, from: step.observations.pointer, rows: step.episodes)
    tape.reset(parameters: parameters)
    let policy = network(
      tape.constant(
        step.observations.pointer, shape: Shape(step.episodes, step.observationCount)),
      on: tape
    ).policy
    let width = step.boundary.componentCount
    if isStochastic {
      let position = UInt64(draw) * ActionDistribution.wordsPerAction(components: width)
      policy.sample(to: step.actions.pointer) { episode in
        RandomStream(seed: seed, purpose: .evaluationAction, index: episode, position: position)
      }
    } else {
      policy.writeMode(to: step.actions.pointer)
    }
    step.boundary.apply(to: step.actions.pointer, from: step.actions.pointer, rows: step.episodes)
  }
}

/// Memory for one step of an evaluation.
private final class EvaluationStep {
  let episodes: Int
  let observationCount: Int
  let boundary: ActionBoundary
  let actions: Buffer
  let observations: Buffer
  private let finalObservations: Buffer
  private let rewards: Buffer
  private let terminated: UnsafeMutablePointer<Bool>
  private let truncated: UnsafeMutablePointer<Bool>
  private let episodeReturns: UnsafeMutablePointer<Double>
  private let episodeLengths: UnsafeMutablePointer<Int32>

  init(episodes: Int, environment: some Environment) {
    self.episodes = episodes
    observationCount = environment.observationSpace.count
    boundary = ActionBoundary(environment.actionSpace)
    actions = Buffer(count: episodes * environment.actionSpace.componentCount)
    observations = Buffer(count: episodes * observationCount)
    finalObservations = Buffer(count: episodes * observationCount)
    rewards = Buffer(count: episodes)
    terminated = .allocate(capacity: episodes)
    truncated = .allocate(capacity: episodes)
    episodeReturns = .allocate(capacity: episodes)
    episodeLengths = .allocate(capacity: episodes)
  }

  deinit {
    terminated.deallocate()
    truncated.deallocate()
    episodeReturns.deallocate()
    episodeLengths.deallocate()
  }

  var buffers: StepBuffers {
    StepBuffers(
      actions: actions.pointer, observations: observations.pointer,
      finalObservations: finalObservations.pointer, rewards: rewards.pointer,
      terminated: terminated, truncated: truncated, episodeReturns: episodeReturns,
      episodeLengths: episodeLengths)
  }

  func isOver(_ episode: Int) -> Bool { terminated[episode] || truncated[episode] }

  func result(of episode: Int) -> (episodeReturn: Double, length: Int) {
    (episodeReturns[episode], Int(episodeLengths[episode]))
  }
}
