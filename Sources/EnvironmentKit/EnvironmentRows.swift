import RandomStreams

/// Where the rows of a step read their actions and write what came of them.
///
/// All pointers are to the first of the rows that are stepped; the arrays are the caller's, and
/// usually the rollout itself, so that nothing is copied. An episode that ends is followed by the
/// first observation of the next one in the same step; its own last observation is kept apart.
public struct StepBuffers {
  /// The actions to take, shape `[rows, actionSpace.componentCount]`.
  public var actions: UnsafePointer<Float>
  /// Receives the observations after the step, of the new episode where one ended, `[rows, D]`.
  public var observations: UnsafeMutablePointer<Float>
  /// Receives the last observation of each episode that ended, other rows untouched, `[rows, D]`.
  public var finalObservations: UnsafeMutablePointer<Float>
  /// Receives the rewards, `[rows]`.
  public var rewards: UnsafeMutablePointer<Float>
  /// Receives whether the task ended the episode, `[rows]`.
  public var terminated: UnsafeMutablePointer<Bool>
  /// Receives whether the time limit ended the episode, and the task did not, `[rows]`.
  public var truncated: UnsafeMutablePointer<Bool>
  /// Receives the sum of the rewards of each episode that ended, other rows untouched, `[rows]`.
  public var episodeReturns: UnsafeMutablePointer<Double>
  /// Receives the number of steps of each episode that ended, other rows untouched, `[rows]`.
  public var episodeLengths: UnsafeMutablePointer<Int32>

  /// Names the arrays.
  public init(
    actions: UnsafePointer<Float>,
    observations: UnsafeMutablePointer<Float>,
    finalObservations: UnsafeMutablePointer<Float>,
    rewards: UnsafeMutablePointer<Float>,
    terminated: UnsafeMutablePointer<Bool>,
    truncated: UnsafeMutablePointer<Bool>,
    episodeReturns: UnsafeMutablePointer<Double>,
    episodeLengths: UnsafeMutablePointer<Int32>
  ) {
    self.actions = actions
    self.observations = observations
    self.finalObservations = finalObservations
    self.rewards = rewards
    self.terminated = terminated
    self.truncated = truncated
    self.episodeReturns = episodeReturns
    self.episodeLengths = episodeLengths
  }
}

/// Some of the environments of a ``VectorEnvironment``: their states and how far they have come.
public struct EnvironmentRows<State> {
  /// How many environments.
  public let count: Int
  /// How many numbers an observation is made of, D.
  ///
  /// Kept here because an environment may compute its spaces anew each time it is asked.
  public let observationCount: Int
  /// How many numbers an action is made of.
  public let actionCount: Int
  /// Their states.
  public let states: UnsafeMutablePointer<State>
  /// Their random numbers.
  public let generators: UnsafeMutablePointer<RandomStream>
  /// How many steps the running episode of each has taken.
  public let elapsed: UnsafeMutablePointer<Int32>
  /// What the running episode of each has earned.
  public let earned: UnsafeMutablePointer<Double>

  /// Names the arrays.
  @inlinable
  public init(
    count: Int,
    observationCount: Int,
    actionCount: Int,
    states: UnsafeMutablePointer<State>,
    generators: UnsafeMutablePointer<RandomStream>,
    elapsed: UnsafeMutablePointer<Int32>,
    earned: UnsafeMutablePointer<Double>
  ) {
    self.count = count
    self.observationCount = observationCount
    self.actionCount = actionCount
    self.states = states
    self.generators = generators
    self.elapsed = elapsed
    self.earned = earned
  }

  /// The rows of a range, for a thread that steps only those.
  @inlinable
  public subscript(range: Range<Int>) -> EnvironmentRows {
    precondition(
      0 <= range.lowerBound && range.upperBound <= count,
      "The rows \(range) are not all among the \(count) rows there are.")
    return EnvironmentRows(
      count: range.count,
      observationCount: observationCount,
      actionCount: actionCount,
      states: states + range.lowerBound,
      generators: generators + range.lowerBound,
      elapsed: elapsed + range.lowerBound,
      earned: earned + range.lowerBound)
  }
}

extension Environment {
  /// Steps each row in turn.
  ///
  /// Inlinable, so that each environment gets a version of its own with its physics in the loop.
  @inlinable
  public func step(_ rows: EnvironmentRows<State>, through buffers: StepBuffers) {
    for row in 0..<rows.count {
      let action = UnsafeBufferPointer(
        start: buffers.actions + row * rows.actionCount, count: rows.actionCount
      ).span
      let outcome = step(&rows.states[row], action: action, using: &rows.generators[row])
      conclude(outcome, of: row, in: rows, through: buffers)
    }
  }

  /// Does what follows the step of a row: statistics, the time limit, a new episode where one
  /// ended, and the observation.
  ///
  /// An environment that steps several rows in its own way calls it once for each.
  ///
  /// - Parameters:
  ///   - outcome: What the step gave; the row's state is the one that it led to.
  ///   - row: Which row, in `0..<rows.count`.
  ///   - rows: The rows.
  ///   - buffers: Receive the outcome.
  @inlinable
  public func conclude(
    _ outcome: Outcome, of row: Int, in rows: EnvironmentRows<State>, through buffers: StepBuffers
  ) {
    let width = rows.observationCount
    rows.elapsed[row] &+= 1
    rows.earned[row] += outcome.reward
    let isTimeUp = timeLimit.map { rows.elapsed[row] >= $0 } ?? false
    buffers.rewards[row] = Float(outcome.reward)
    buffers.terminated[row] = outcome.terminated
    buffers.truncated[row] = isTimeUp && !outcome.terminated
    if outcome.terminated || isTimeUp {
      buffers.episodeReturns[row] = rows.earned[row]
      buffers.episodeLengths[row] = rows.elapsed[row]
      observe(rows.states[row], into: buffers.finalObservations + row * width, count: width)
      rows.states[row] = initialState(using: &rows.generators[row])
      rows.elapsed[row] = 0
      rows.earned[row] = 0
    }
    observe(rows.states[row], into: buffers.observations + row * width, count: width)
  }

  /// Writes the observation of a state to memory that holds `count` = D numbers.
  @inlinable
  func observe(_ state: State, into observation: UnsafeMutablePointer<Float>, count: Int) {
    var span = UnsafeMutableBufferPointer(start: observation, count: count).mutableSpan
    observe(state, into: &span)
  }
}
