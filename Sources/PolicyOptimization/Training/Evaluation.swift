import EnvironmentKit
import Requirements

/// How a policy fared in some episodes.
public struct Evaluation: Sendable, Hashable {
  /// The sums of the rewards of the episodes.
  public let returns: [Double]
  /// The numbers of steps of the episodes.
  public let lengths: [Int]
  /// How many of the episodes had not ended after as many steps as they were given; they count with
  /// what they had earned until then.
  public let unfinishedCount: Int

  /// Puts episodes together, of one evaluation or several.
  ///
  /// - Parameters:
  ///   - returns: The sums of the rewards of the episodes.
  ///   - lengths: The numbers of steps of the episodes.
  ///   - unfinishedCount: How many of them did not end.
  /// - Precondition: There is a length for each return.
  public init(returns: [Double], lengths: [Int], unfinishedCount: Int = 0) {
    require(
      returns.count == lengths.count,
      "There are \(returns.count) returns and \(lengths.count) lengths of episodes.")
    self.returns = returns
    self.lengths = lengths
    self.unfinishedCount = unfinishedCount
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
  ///   - environment: Where to act.
  ///   - episodes: How many episodes, at least 1.
  ///   - seed: The seed; other numbers are drawn than in training with the same seed.
  ///   - isStochastic: Whether actions are drawn, instead of the most probable taken.
  ///   - stepLimit: After how many steps an episode is left where the environment has no time limit;
  ///     see ``Evaluation/unfinishedCount``.
  ///   - shouldStop: Asked before every step, and within a step after some thousand episodes.
  /// - Returns: What the episodes earned and how long they took, in the order of their streams.
  /// - Throws: ``EvaluationError`` if a number is not finite, a state allows no action, or
  ///   `shouldStop` said so.
  public func evaluate(
    in environment: any BatchableEnvironment, episodes: Int, seed: UInt64,
    isStochastic: Bool = false,
    stepLimit: Int = Evaluation.stepLimit, until shouldStop: () -> Bool = { false }
  ) throws(EvaluationError) -> Evaluation {
    require(episodes > 0, "An evaluation needs at least 1 episode, not \(episodes).")
    require(stepLimit > 0, "An episode needs at least 1 step, not \(stepLimit).")
    return try evaluate(
      in: environment, episodes: 0..<episodes, seed: seed, isStochastic: isStochastic,
      stepLimit: stepLimit, until: shouldStop)
  }

  /// Lets the policy act for the episodes of some numbers, at least one.
  func evaluate(
    in environment: any BatchableEnvironment, episodes: Range<Int>, seed: UInt64,
    isStochastic: Bool = false, stepLimit: Int = Evaluation.stepLimit, until shouldStop: () -> Bool
  ) throws(EvaluationError) -> Evaluation {
    let run = try EvaluationRun(
      of: self, in: environment, numbers: episodes, seed: seed, isStochastic: isStochastic)
    let most = environment.timeLimit ?? stepLimit
    while run.isRunning, run.stepCount < most {
      if shouldStop() { throw run.error(.stopped, in: 0) }
      try run.step(until: shouldStop)
    }
    return run.evaluation
  }
}

extension Evaluation {
  /// After how many steps an episode of an evaluation is left if nothing is said: nothing but a time
  /// limit ends an episode of a policy that never fails.
  public static let stepLimit = 100_000
}
