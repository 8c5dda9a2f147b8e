import EnvironmentKit
import RandomStreams
import TensorCore

/// How a policy fared in some episodes.
public struct Evaluation: Sendable, Hashable {
  /// The sums of the rewards of the episodes.
  public let returns: [Double]
  /// The numbers of steps of the episodes.
  public let lengths: [Int]

  /// Puts episodes together, of one evaluation or several.
  ///
  /// - Precondition: There is a length for each return.
  public init(returns: [Double], lengths: [Int]) {
    precondition(
      returns.count == lengths.count,
      "There are \(returns.count) returns and \(lengths.count) lengths of episodes.")
    self.returns = returns
    self.lengths = lengths
  }

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
    let player = PolicyPlayer(unchecked: self, in: environment)
    let arrays = StepArrays(for: environments)
    let step = arrays.buffers()
    environments.observe(into: step.observations)
    // Nobody looks at a second episode, so what is remembered of the first need not be forgotten.
    let memory = Buffer(count: episodes * network.memoryCount)
    let masks = environment.maskedChoiceCount.map { Buffer(count: episodes * $0) }
    var finished: [(episodeReturn: Double, length: Int)?] = Array(repeating: nil, count: episodes)
    var taken = 0
    while finished.contains(where: { $0 == nil }) {
      if let masks {
        let canAct = environments.writeActionMasks(into: masks.pointer, of: 0..<episodes)
        precondition(
          canAct,
          """
          \(environment.name) allows no choice of a component of the action in a state; check it \
          with EnvironmentChecker.
          """)
      }
      player.act(
        on: arrays.observations, choosing: arrays.actions, masks: masks, memory: memory
      ) { episode in
        isStochastic ? ActionDraw(seed: seed, environment: episode, step: taken) : nil
      }
      environments.step(0..<episodes, through: step)
      taken += 1
      for episode in 0..<episodes where finished[episode] == nil {
        guard step.endings[episode] != .none else { continue }
        finished[episode] = (step.episodeReturns[episode], Int(step.episodeLengths[episode]))
      }
    }
    let results = finished.compactMap(\.self)
    return Evaluation(returns: results.map(\.episodeReturn), lengths: results.map(\.length))
  }
}
