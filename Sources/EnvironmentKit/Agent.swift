/// Chooses actions in an environment: a trained policy, a person, a rule.
///
/// What shows or records episodes knows an agent only by this, so that it needs no tensors.
public protocol Agent: AnyObject {
  /// Chooses what to do in some environments.
  ///
  /// - Parameters:
  ///   - observations: What is observed, `[rows, D]`, one row after the other.
  ///   - draws: Which random numbers to draw the action of each row with, or `nil` to take the
  ///     most probable action.
  /// - Returns: A decision for each row.
  func decide(_ observations: [Float], drawing draws: [ActionDraw]?) -> [Decision]

  /// Chooses what to do in some environments of which more is known than what is observed.
  ///
  /// - Parameters:
  ///   - observations: What is observed, `[rows, D]`, one row after the other.
  ///   - situations: What else is known, for each row.
  ///   - draws: See ``decide(_:drawing:)``.
  /// - Returns: A decision for each row.
  func decide(
    _ observations: [Float], in situations: [Situation], drawing draws: [ActionDraw]?
  ) -> [Decision]
}

extension Agent {
  /// By default nothing but the observations counts.
  public func decide(
    _ observations: [Float], in situations: [Situation], drawing draws: [ActionDraw]?
  ) -> [Decision] {
    decide(observations, drawing: draws)
  }
}

/// What is known of an environment besides its observation when an action is chosen.
public struct Situation: Sendable, Hashable {
  /// The number of the environment, under which an agent may remember its episode.
  public var environment: Int
  /// Whether an episode has just begun, of which nothing is to be remembered yet.
  public var isFirst: Bool
  /// Which choices are valid, those of all components behind one another; `nil` if all are.
  public var validChoices: [Bool]?

  /// Describes a situation.
  public init(environment: Int, isFirst: Bool, validChoices: [Bool]? = nil) {
    self.environment = environment
    self.isFirst = isFirst
    self.validChoices = validChoices
  }
}

/// The address of the random numbers that one action is drawn with.
public struct ActionDraw: Sendable, Hashable {
  /// The seed of the evaluation.
  public var seed: UInt64
  /// The number of the environment.
  public var environment: Int
  /// How many actions were chosen in that environment before.
  public var step: Int

  /// Addresses random numbers.
  public init(seed: UInt64, environment: Int, step: Int) {
    self.seed = seed
    self.environment = environment
    self.step = step
  }
}

/// What an agent makes of one observation.
public struct Decision: Sendable, Codable, Hashable {
  /// What else the agent might have done.
  public enum Preferences: Sendable, Codable, Hashable {
    /// For each component of the action the probabilities of its choices.
    case choices([[Float]])
    /// For each component of the action its mean and its deviation, in the action's units.
    case normal(means: [Float], deviations: [Float])
    /// Not available, as for a human player.
    case unknown
  }

  /// The action, as the environment may take it.
  public var action: [Float]
  /// What else might have been done.
  public var preferences: Preferences
  /// The discounted return that the agent expects from here on, in the environment's rewards; `nil` if
  /// it expects nothing. A policy that learnt from rewards in another unit states it in these.
  public var value: Float?

  /// Describes a decision.
  public init(action: [Float], preferences: Preferences = .unknown, value: Float? = nil) {
    self.action = action
    self.preferences = preferences
    self.value = value
  }
}
