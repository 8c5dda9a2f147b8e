import EnvironmentKit

/// Everything that one iteration of a run hands to the next.
///
/// A checkpoint stores it, a resumed run starts from it, and a run that fails or is stopped in the
/// middle of an iteration goes back to it.
struct TrainingState: Sendable {
  /// How many iterations are done.
  var iteration: Int
  /// Parameters, optimiser and balancer.
  var update: PolicyUpdate.State
  /// Where the environments stand; `nil` where that cannot be taken back and need not be stored.
  var environments: (any EnvironmentSnapshot)?
  /// What the network remembers of each environment, `[N, S]`.
  var memory: [Float]
  /// The moments of the observations, where they are normalised.
  var observationNormalizer: ObservationNormalizer?
  /// The moments of the returns, where rewards are normalised.
  var returnNormalizer: ReturnNormalizer?
  /// What the value network predicts, where that is not returns as they are.
  var valueScaling: ValueScaling?
  /// The last episodes, and whether they solved the task.
  var episodes: EpisodeStatistics
  /// The best mean return of an evaluation during training.
  var bestReturn: Double?
  /// Whether the iteration that was done last is still to be followed by its evaluation.
  var isEvaluationDue: Bool
  /// What was warned of, and what may be.
  var warnings: TrainingWarnings.Memory
}
