import EnvironmentKit
import Foundation
import PolicyOptimization
import TensorCore

/// All that sets one method apart from another, but for the balancer's name and the scale.
struct RewardScaleSetting: Hashable, Sendable {
  let environment: String
  let target: TargetScale
  /// Whether the gradient of all losses together is clipped to a norm of 0.5.
  let clips: Bool
}

/// One training of the sweep.
struct RewardScaleRun: Hashable, Sendable {
  let setting: RewardScaleSetting
  let balancer: String
  /// What rewards are multiplied by.
  let scale: Double
  let seed: Int

  /// How it ended.
  struct Result: Sendable {
    /// The mean of 100 episodes with the most probable actions, in the environment's own units.
    let meanReturn: Double
    let seconds: Double
    /// Whether training stopped at a number that is not finite.
    let failed: Bool
  }

  /// How `task` is trained.
  func hyperparameters(of task: RewardScaleTask) -> Hyperparameters {
    var hyperparameters = task.hyperparameters
    setting.target.apply(to: &hyperparameters)
    hyperparameters.maximumGradientNorm = setting.clips ? 0.5 : nil
    hyperparameters.balancer = balancer
    hyperparameters.rewardScale = scale
    return hyperparameters
  }

  func callAsFunction(_ task: RewardScaleTask) throws -> Result {
    try train(in: task.environment, hyperparameters(of: task))
  }

  private func train(
    in environment: some Environment, _ hyperparameters: Hyperparameters
  ) throws -> Result {
    let start = ContinuousClock.now
    let trainer = try Trainer(
      environment, hyperparameters, seed: UInt64(seed), threads: 1,
      balancers: .withLiteralFormulas)
    var failed = false
    do {
      try trainer.train()
    } catch {
      // That numbers blow up is a result, too; the policy is that from before.
      failed = true
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let evaluation = try trainer.policy.evaluate(
      in: environment, episodes: 100, seed: UInt64(seed))
    return Result(meanReturn: evaluation.meanReturn, seconds: seconds, failed: failed)
  }
}
