import EnvironmentKit

/// How the policy did on the way, in environments of its own.
public struct PeriodicEvaluation: Sendable {
  /// How many steps all environments together had taken.
  public let timestep: Int
  /// What the episodes earned; the most probable actions were taken.
  public let evaluation: Evaluation
  /// Whether the mean return is higher than in all evaluations of the run before.
  public let isBest: Bool
}

extension Trainer {
  /// Whether an evaluation is due after the iteration that was just finished.
  var isTimeToEvaluate: Bool {
    guard let interval = hyperparameters.evaluationSteps(for: environment) else { return false }
    return isFinished
      || timestep / interval > (timestep - hyperparameters.rolloutSize) / interval
  }

  /// Lets the policy act as it is now.
  ///
  /// Each evaluation of a run sees the same episodes, so that they can be compared; they differ from
  /// those that an evaluation with the seed of the run shows afterwards.
  func evaluate() -> PeriodicEvaluation {
    let evaluation = policy.evaluate(
      in: environment, episodes: hyperparameters.evaluationEpisodes, seed: ~seed)
    let isBest = bestReturn.map { evaluation.meanReturn > $0 } ?? true
    if isBest { bestReturn = evaluation.meanReturn }
    return PeriodicEvaluation(timestep: timestep, evaluation: evaluation, isBest: isBest)
  }
}
