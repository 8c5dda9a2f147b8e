import Requirements

/// An environment with another time limit.
public struct TimeLimited<Base: Environment>: ModifiedEnvironment {
  /// Nothing changes but when an episode is cut off.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// After how many steps an episode is cut off, or `nil` for never.
  public let timeLimit: Int?
  /// The mean return that counts as solved, or `nil` for none.
  public let rewardThreshold: Double?

  /// Gives an environment another time limit; see ``Environment/limited(to:rewardThreshold:)``.
  public init(_ base: Base, timeLimit: Int?, rewardThreshold: Double?) {
    require(
      timeLimit ?? 1 >= 1, "The time limit is \(timeLimit ?? 0); it must be at least 1, or nil.")
    self.base = base
    self.timeLimit = timeLimit
    self.rewardThreshold = rewardThreshold
  }

  /// Steps the rows in the way of the base, which finds the limit in the rows.
  @inlinable
  public func step(_ rows: EnvironmentRows<State>, through buffers: StepBuffers) {
    base.step(rows, through: buffers)
  }
}

extension Environment {
  /// The same environment with another time limit in the place of its own.
  ///
  ///     CartPole().limited(to: 200, rewardThreshold: 195)   // CartPole-v0
  ///
  /// - Parameters:
  ///   - timeLimit: After how many steps an episode is cut off, at least 1, or `nil` for never.
  ///   - rewardThreshold: The mean return that counts as solved under the new limit. The old one
  ///     says nothing about episodes of another length, and is therefore not kept.
  /// - Returns: The environment with the limit.
  public func limited(to timeLimit: Int?, rewardThreshold: Double? = nil) -> TimeLimited<Self> {
    TimeLimited(self, timeLimit: timeLimit, rewardThreshold: rewardThreshold)
  }
}
