/// Why a training run could not go on.
public enum TrainingError: Error, CustomStringConvertible, Sendable {
  /// A loss or the gradient became infinite or no number.
  case notFinite(what: String, value: Double, minibatch: Int)
  /// An environment gave an infinite reward or observation, or none that is a number.
  case environment(what: String, environment: Int, timestep: Int)

  /// What was found, where, and what to do.
  public var description: String {
    switch self {
    case .notFinite(let what, let value, let minibatch):
      """
      The \(what) is \(value) at minibatch \(minibatch) of the run; it must be finite. Lower the \
      learning rate, normalise observations or rewards, or look for what the environment returned.
      """
    case .environment(let what, let environment, let timestep):
      """
      Environment \(environment) gave \(what) that is not finite, at timestep \(timestep) of the \
      run; check it with EnvironmentChecker.
      """
    }
  }
}
