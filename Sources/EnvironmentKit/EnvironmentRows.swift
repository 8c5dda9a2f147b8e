import RandomStreams

/// Some of the environments of a ``VectorEnvironment``: their states and how far they have come.
public struct EnvironmentRows<State> {
  /// How many environments.
  public let count: Int
  /// How many numbers an observation is made of, D.
  ///
  /// Kept here because an environment may compute its spaces at each access.
  public let observationCount: Int
  /// How many numbers an action is made of.
  public let actionCount: Int
  /// After how many steps an episode is cut off, or `nil` for never.
  public let timeLimit: Int?
  /// What follows the end of an episode.
  public let afterEnd: AfterEnd
  /// Their states.
  public let states: UnsafeMutablePointer<State>
  /// Their random numbers.
  public let generators: UnsafeMutablePointer<RandomStream>
  /// How many steps the running episode of each has taken.
  public let elapsed: UnsafeMutablePointer<Int>
  /// What the running episode of each has earned.
  public let earned: UnsafeMutablePointer<Double>

  /// Names the arrays.
  @inlinable
  public init(
    count: Int,
    observationCount: Int,
    actionCount: Int,
    timeLimit: Int?,
    afterEnd: AfterEnd = .restart,
    states: UnsafeMutablePointer<State>,
    generators: UnsafeMutablePointer<RandomStream>,
    elapsed: UnsafeMutablePointer<Int>,
    earned: UnsafeMutablePointer<Double>
  ) {
    self.count = count
    self.observationCount = observationCount
    self.actionCount = actionCount
    self.timeLimit = timeLimit
    self.afterEnd = afterEnd
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
      timeLimit: timeLimit,
      afterEnd: afterEnd,
      states: states + range.lowerBound,
      generators: generators + range.lowerBound,
      elapsed: elapsed + range.lowerBound,
      earned: earned + range.lowerBound)
  }
}

extension EnvironmentRows {
  /// Counts a step in some rows.
  ///
  /// - Parameters:
  ///   - range: Which rows.
  ///   - rewards: What the step earned in each row of the range.
  ///   - buffers: Hold how episodes ended by themselves, and receive rewards and whether the time is up.
  ///   - ended: Receives the rows whose episode ended, counted from the first of the range.
  /// - Returns: How many episodes ended.
  @inlinable
  func count(
    _ range: Range<Int>, rewards: UnsafeMutableBufferPointer<Double>, through buffers: StepBuffers,
    ended: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    let first = range.lowerBound
    let (elapsed, earned) = (elapsed + first, earned + first)
    let (single, limit) = (buffers.rewards + first, timeLimit ?? .max)
    let endings = UnsafeMutableRawPointer(buffers.endings + first)
    // Short loops without branches, of which the compiler makes vectors.
    for row in 0..<range.count { elapsed[row] &+= 1 }
    for row in 0..<range.count { earned[row] += rewards[row] }
    for row in 0..<range.count { single[row] = Float(rewards[row]) }
    for row in 0..<range.count {
      let atLimit: UInt8 = elapsed[row] >= limit ? Ending.truncated.rawValue : Ending.none.rawValue
      let ending = endings.load(fromByteOffset: row, as: UInt8.self)
      let isRunning = ending == Ending.none.rawValue
      endings.storeBytes(of: isRunning ? atLimit : ending, toByteOffset: row, as: UInt8.self)
    }
    var count = 0
    for row in 0..<range.count {
      ended[count] = Int32(truncatingIfNeeded: row)
      count &+= endings.load(fromByteOffset: row, as: UInt8.self) == Ending.none.rawValue ? 0 : 1
    }
    return count
  }
}
