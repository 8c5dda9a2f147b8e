import EnvironmentKit

/// How the policy did during training, in environments apart from those it learns in.
public struct PeriodicEvaluation: Sendable {
  /// How many steps all environments together had taken.
  public let timestep: Int
  /// What the episodes earned; the most probable actions were taken.
  public let evaluation: Evaluation
  /// Whether the mean return is higher than in all evaluations of the run before.
  public let isBest: Bool
}

extension Trainer {
  /// Whether an evaluation follows the iteration that was just finished.
  var isTimeToEvaluate: Bool {
    guard let interval = hyperparameters.evaluationSteps(for: environment) else { return false }
    return hasDoneAllIterations
      || timestep / interval > (timestep - hyperparameters.rolloutSize) / interval
  }

  /// Evaluates the present policy and reports the result; stays due if it was stopped.
  ///
  /// Each evaluation of a run sees the same episodes, so that they can be compared; they differ from
  /// those that an evaluation with the seed of the run shows afterwards.
  func evaluate(
    _ listener: (TrainingEvent) -> Void, until shouldStop: () -> Bool
  ) throws(TrainingError) {
    let evaluation: Evaluation
    do {
      evaluation = try sharedEvaluation(until: shouldStop)
    } catch {
      guard let failure = TrainingError(error) else { return }
      throw failure
    }
    isEvaluationDue = false
    let isBest = bestReturn.map { evaluation.meanReturn > $0 } ?? true
    if isBest { bestReturn = evaluation.meanReturn }
    let report = PeriodicEvaluation(timestep: timestep, evaluation: evaluation, isBest: isBest)
    listener(.evaluated(report))
    for warning in warnings.inspect(report) { listener(.warning(warning)) }
  }
}
