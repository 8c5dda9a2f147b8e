import RandomStreams

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
  /// An environment that steps several rows in its own way calls it once for each, or calls
  /// ``conclude(_:rewards:in:through:)`` for all of them.
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
    let isTimeUp = rows.timeLimit.map { rows.elapsed[row] >= $0 } ?? false
    let ending = isTimeUp && outcome.ending == .none ? .truncated : outcome.ending
    buffers.rewards[row] = Float(outcome.reward)
    buffers.endings[row] = ending
    observe(rows.states[row], into: buffers.observations + row * width, count: width)
    if ending != .none { finish(row, in: rows, through: buffers) }
  }

  /// Does what follows the step of many rows: statistics, the time limit, and a new episode where
  /// one ended.
  ///
  /// For an environment that steps many rows in its own way. It has advanced the states before, and
  /// has written what is observed of them, and whether and how they ended, to the buffers.
  ///
  /// - Parameters:
  ///   - range: Which rows, in `0..<rows.count`.
  ///   - rewards: What the step earned in each row of the range.
  ///   - rows: The rows.
  ///   - buffers: Hold observations and ``StepBuffers/endings``, and receive the rest.
  @inlinable
  public func conclude(
    _ range: Range<Int>, rewards: UnsafeMutableBufferPointer<Double>,
    in rows: EnvironmentRows<State>, through buffers: StepBuffers
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: range.count) { ended in
      let count = rows.count(range, rewards: rewards, through: buffers, ended: ended)
      for index in 0..<count {
        finish(range.lowerBound &+ Int(ended[index]), in: rows, through: buffers)
      }
    }
  }

  /// Reports an episode that ended with the observation in the buffers, and starts the next one where
  /// that is wanted.
  @inlinable
  func finish(_ row: Int, in rows: EnvironmentRows<State>, through buffers: StepBuffers) {
    let width = rows.observationCount
    let observation = buffers.observations + row * width
    buffers.episodeReturns[row] = rows.earned[row]
    buffers.episodeLengths[row] = rows.elapsed[row]
    let final = buffers.finalObservations + row * width
    // Too few numbers to be worth the call of a function that copies memory.
    for component in 0..<width { final[component] = observation[component] }
    guard rows.afterEnd == .restart else { return }
    restart(row, in: rows)
    observe(rows.states[row], into: observation, count: width)
  }

  /// Starts a new episode in a row.
  @inlinable
  func restart(_ row: Int, in rows: EnvironmentRows<State>) {
    rows.states[row] = initialState(using: &rows.generators[row])
    rows.elapsed[row] = 0
    rows.earned[row] = 0
  }

  /// Writes the observation of a state to memory that holds `count` = D numbers.
  @inlinable
  func observe(_ state: State, into observation: UnsafeMutablePointer<Float>, count: Int) {
    var span = UnsafeMutableBufferPointer(start: observation, count: count).mutableSpan
    observe(state, into: &span)
  }
}
