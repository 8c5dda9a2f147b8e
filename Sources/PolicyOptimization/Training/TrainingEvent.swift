import LossBalancing

/// Events of a training run, for a listener that prints, stores or draws them.
public enum TrainingEvent: Sendable {
  /// An update is done.
  case updated(UpdateReport)
  /// The mean return of the last 100 episodes has reached the environment's threshold.
  case solved(timestep: Int)
  /// The policy was evaluated during training; follows the update after which that was done.
  case evaluated(PeriodicEvaluation)
  /// An iteration is done, with its evaluation if that was not stopped; a checkpoint made now goes on
  /// with the next.
  case iterationFinished
  /// Something does not go well; each kind of warning comes once.
  case warning(TrainingWarning)
}

/// What one iteration, a rollout and the update that followed, has shown.
public struct UpdateReport: Sendable {
  /// The number of the iteration, from 1.
  public let iteration: Int
  /// How many steps all environments together have taken.
  public let timestep: Int
  /// How many steps the run is to take.
  public let totalTimesteps: Int

  /// The mean return of the last 100 finished episodes, or of all if there are fewer; `nil` if
  /// there is none.
  public let meanReturn: Double?
  /// The mean length of the same episodes.
  public let meanLength: Double?
  /// How many episodes have finished in the run.
  public let episodeCount: Int

  /// η at this update.
  public let learningRate: Double
  /// ε at this update.
  public let clipRange: Double
  /// The losses in the order of ``balance``, means over the minibatches as all that follows.
  public let losses: [Double]
  /// The divergence of the new policy from the old, estimated as k3.
  public let approximateDivergence: Double
  /// The part of the rows whose ratio was outside of the clip range.
  public let clipFraction: Double
  /// How much of the variance of the returns the value explained before the update: 1 is all, 0
  /// is none; `nil` if the returns do not vary.
  public let explainedVariance: Double?
  /// The norm of the gradient before clipping.
  public let gradientNorm: Double
  /// The mean weight of each loss term, in the order of ``balance``.
  public let weights: [Double]
  /// What the balancer did, and what was measured of the terms' gradients.
  public let balance: BalanceAverages

  /// The clipped surrogate.
  public var policyLoss: Double { value(of: .policy) }
  /// Half of the mean squared error of the value.
  public var valueLoss: Double { value(of: .value) }
  /// The entropy of the policy.
  public var entropy: Double { -value(of: .entropy) }

  private func value(of loss: PolicyLoss) -> Double {
    balance.names.firstIndex(of: loss.rawValue).map { losses[$0] } ?? .nan
  }
}
