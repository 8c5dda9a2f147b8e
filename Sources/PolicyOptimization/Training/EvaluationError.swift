/// Why an evaluation has no result.
public struct EvaluationError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Hashable, Sendable, Codable {
    /// A number is infinite or NaN.
    case notFinite(Quantity, Double)
    /// No choice of a component of the action is valid in a state.
    case noValidChoice(component: Int)
    /// The simulator failed, with a sentence about it.
    case simulator(String)
    /// The evaluation was asked to stop.
    case stopped
  }

  /// What a number is that was looked at.
  public enum Quantity: String, Sendable, Codable {
    /// A component of an observation.
    case observation
    /// A component of the observation with which an episode ended.
    case lastObservation = "last observation"
    /// A reward, as a number of single precision.
    case reward
    /// The sum of the rewards of an episode.
    case episodeReturn = "return"
    /// A component of an action, which the policy gave.
    case action
    /// The value that the network gave for an observation.
    case value
    /// The logarithm of a probability, or a mean or deviation, of the policy.
    case probability = "log probability"

    /// Whether the policy gave it, and not the environment.
    fileprivate var isOfPolicy: Bool {
      switch self {
      case .action, .value, .probability: true
      case .observation, .lastObservation, .reward, .episodeReturn: false
      }
    }
  }

  /// The name of the environment.
  public let environment: String
  /// What is wrong.
  public let problem: Problem
  /// The number of the episode in which it was found, from 0.
  public let episode: Int
  /// How many steps the episode had taken.
  public let step: Int

  /// What was found, where, and what to do.
  public var description: String {
    let place = "episode \(episode) of an evaluation in \(environment), after \(step) steps"
    return switch problem {
    case .notFinite(let quantity, let value):
      "The \(quantity.rawValue) is \(value) in \(place); it must be finite. "
        + (quantity.isOfPolicy
          ? "The policy has diverged; lower the learning rate, or take an earlier checkpoint."
          : "Check the environment with EnvironmentChecker.")
    case .noValidChoice(let component):
      "No choice of component \(component) of the action is valid in \(place); at least one must "
        + "be. Check the environment with EnvironmentChecker."
    case .simulator(let sentence):
      "The environment failed in \(place): \(sentence)"
    case .stopped:
      "The evaluation in \(environment) was stopped after \(step) steps of each episode."
    }
  }
}
