import RandomStreams

/// An environment whose rewards are kept within a range.
public struct RewardClipped<Base: Environment>: ModifiedEnvironment {
  /// The state is that of the base.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// The least and the greatest reward.
  public let range: ClosedRange<Double>

  /// Clips rewards; see ``Environment/clippingRewards(to:)``.
  public init(_ base: Base, range: ClosedRange<Double>) {
    self.base = base
    self.range = range
  }

  /// None: what the base calls solved was meant for its own rewards.
  public var rewardThreshold: Double? { nil }

  /// Advances the base and clips what the step earned; NaN stays what it is.
  @inlinable
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    var outcome = base.step(&state, action: action, using: &generator)
    if outcome.reward < range.lowerBound { outcome.reward = range.lowerBound }
    if outcome.reward > range.upperBound { outcome.reward = range.upperBound }
    return outcome
  }
}

extension Environment {
  /// The same environment with rewards kept within a range; it has no reward threshold.
  ///
  /// Rewards that are clipped are another task: two steps that earned 1 and 10 may now earn the
  /// same. Returns are reported clipped as well.
  ///
  /// - Parameter range: The least and the greatest reward.
  /// - Returns: The environment with clipped rewards.
  public func clippingRewards(to range: ClosedRange<Double>) -> RewardClipped<Self> {
    RewardClipped(self, range: range)
  }
}
