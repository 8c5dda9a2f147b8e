import RandomStreams
import Requirements

/// An environment whose rewards are multiplied by a number.
public struct RewardScaled<Base: Environment>: ModifiedEnvironment {
  /// The state is that of the base.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// What rewards are multiplied by.
  public let scale: Double

  /// Scales rewards; see ``Environment/scalingRewards(by:)``.
  public init(_ base: Base, scale: Double) {
    require(
      scale > 0 && scale.isFinite, "Rewards are scaled by \(scale); it must be finite, above 0.")
    self.base = base
    self.scale = scale
  }

  /// That of the base, scaled as the rewards are.
  public var rewardThreshold: Double? { base.rewardThreshold.map { $0 * scale } }

  /// Advances the base and scales what the step earned.
  @inlinable
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    var outcome = base.step(&state, action: action, using: &generator)
    outcome.reward *= scale
    return outcome
  }
}

extension Environment {
  /// The same environment with all rewards, and with them the threshold, multiplied by a number.
  ///
  /// Returns are reported scaled as well. To scale only what is learnt from, set
  /// `Hyperparameters.rewardScale`.
  ///
  /// - Parameter scale: The factor, above 0.
  /// - Returns: The environment with scaled rewards.
  public func scalingRewards(by scale: Double) -> RewardScaled<Self> {
    RewardScaled(self, scale: scale)
  }
}
