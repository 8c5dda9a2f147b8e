/// Something that an ``EnvironmentChecker`` found wrong with an environment.
public struct EnvironmentFinding: Error, Sendable, Hashable {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// The observation space has no components.
    case observationSpaceEmpty
    /// The action space has no components.
    case actionSpaceEmpty
    /// A component of a discrete action has no choice at all.
    case noChoices(component: Int, count: Int)
    /// No finite number lies between the bounds of a component of the observation.
    case observationWithoutNumber(component: Int)
    /// No finite number lies between the bounds of a component of the action.
    case actionWithoutNumber(component: Int)
    /// There are masks, and no choices that they could be about.
    case masksRealNumbers
    /// A component of a discrete action has no valid choice in a state.
    case noValidChoice(component: Int)
    /// The time limit would end an episode before its first step.
    case timeLimitNotPositive(limit: Int)
    /// The time limit is beyond the steps of any run.
    case timeLimitNeverComes(limit: Int)
    /// The observation space is not the same each time it is asked for.
    case observationSpaceChanges(first: Int, second: Int)
    /// The action space is not the same each time it is asked for.
    case actionSpaceChanges(first: Int, second: Int)
    /// A component of the observation was never written.
    case observationNotWritten(component: Int)
    /// A component of the observation is NaN or infinite.
    case observationNotFinite(component: Int, value: Float)
    /// A component of the observation is not within the bounds of the space.
    case observationOutsideSpace(component: Int, value: Float, lowest: Float, highest: Float)
    /// The reward is NaN, or infinite as a number of single precision.
    case rewardNotFinite(value: Double)
    /// The same seed and the same actions gave another result the second time.
    case notDeterministic(difference: ResultDifference)
    /// An episode went otherwise when another one was played at the same time.
    case episodesInterfere(difference: ResultDifference)
    /// There is no time limit, and the episode went on for all steps that it was given.
    case neverEnds
    /// A state changed when a copy of it was stepped, and the environment does not say that it would.
    case copySharesState(difference: ResultDifference)
    /// A state that was stored and read again does not continue as the original does.
    case stateLostInCoding(difference: ResultDifference)
    /// A state could not be stored, or not be read again.
    case stateNotCodable(reason: String)
    /// The environment's own way of stepping several rows gives another result than one by one.
    case rowsDisagree(row: Int, step: Int, difference: ResultDifference)
    /// The environment's own way of stepping several rows goes on with an episode that ended.
    case stepsOnAfterEnd(row: Int, step: Int, difference: ResultDifference)
    /// A number of the picture is NaN or infinite.
    case sceneNotFinite
  }

  /// Where it was found: an episode and a step of it, both from 0.
  public struct Place: Sendable, Hashable {
    /// The number of the episode.
    public let episode: Int
    /// How many steps of the episode had been taken.
    public let step: Int

    /// Names a place.
    public init(episode: Int, step: Int) {
      self.episode = episode
      self.step = step
    }
  }

  /// The name of the environment.
  public let environment: String
  /// What is wrong.
  public let problem: Problem
  /// Where it was found, or `nil` if it is in what the environment says of itself.
  public let place: Place?
}

extension EnvironmentFinding: CustomStringConvertible {
  /// A sentence that says what is wrong and where.
  public var description: String {
    guard let place else { return "\(environment): \(problem)." }
    return "\(environment), episode \(place.episode), after \(place.step) steps: \(problem)."
  }
}

extension EnvironmentFinding.Problem: CustomStringConvertible {
  /// What is wrong, as a part of a sentence.
  public var description: String {
    switch self {
    case .observationSpaceEmpty:
      "the observation space has no components; an agent needs something to observe"
    case .actionSpaceEmpty:
      "the action space has no components; an agent needs something to do"
    case .noChoices(let component, let count):
      "component \(component) of the action has \(count) choices; at least 1 is needed"
    case .observationWithoutNumber(let component):
      "no finite number lies between the bounds of component \(component) of the observation; lower "
        + "the lowest value or raise the highest"
    case .actionWithoutNumber(let component):
      "no finite number lies between the bounds of component \(component) of the action; lower the "
        + "lowest value or raise the highest"
    case .masksRealNumbers:
      "hasActionMask is true, but actions are real numbers; only choices can be invalid"
    case .noValidChoice(let component):
      "component \(component) of the action has no valid choice; at least one must be valid"
    case .timeLimitNotPositive(let limit):
      "the time limit is \(limit); it must be at least 1, or nil for none"
    case .timeLimitNeverComes(let limit):
      "the time limit is \(limit), which never comes, since a run has at most "
        + "\(EnvironmentChecker.mostSteps) steps; say nil for none"
    case .observationSpaceChanges(let first, let second):
      "the observation space was of \(first) components and then of \(second), or its bounds "
        + "changed; it must always be the same"
    case .actionSpaceChanges(let first, let second):
      "the action space was of \(first) components and then of \(second), or its choices or bounds "
        + "changed; it must always be the same"
    case .observationNotWritten(let component):
      "component \(component) of the observation was not written; observe(_:into:) must write all"
    case .observationNotFinite(let component, let value):
      "component \(component) of the observation is \(value); it must be a finite number"
    case .observationOutsideSpace(let component, let value, let lowest, let highest):
      "component \(component) of the observation is \(value), outside its bounds "
        + "\(lowest) and \(highest)"
    case .rewardNotFinite(let value):
      "the reward is \(value); it must be a finite number of single precision"
    case .notDeterministic(let difference):
      "the same seed and actions gave another result the second time: \(difference); "
        + "all randomness must come from the generator or the seed that is handed over, and nothing "
        + "be kept from earlier episodes"
    case .episodesInterfere(let difference):
      "another episode of the same environment was played at the same time, and this one went "
        + "otherwise than alone: \(difference); nothing may be kept outside the state"
    case .neverEnds:
      "the episode has not ended, and there is no time limit; random actions may never end it"
    case .copySharesState(let difference):
      "a copy of the state was stepped, and the state itself changed: \(difference); where a state "
        + "holds an object, hasReferenceState must be true"
    case .stateLostInCoding(let difference):
      "a state that was encoded and decoded continues differently: \(difference); "
        + "all of the state must be coded"
    case .stateNotCodable(let reason):
      "the state cannot be encoded and decoded: \(reason)"
    case .rowsDisagree(let row, let step, let difference):
      "row \(row) of step \(step) of step(_:through:) differs from step(_:action:using:): "
        + "\(difference)"
    case .stepsOnAfterEnd(let row, let step, let difference):
      "row \(row) ended an episode in step \(step), and step(_:through:) did not start the next one: "
        + "\(difference); conclude(_:of:in:through:) does"
    case .sceneNotFinite:
      "the scene contains a number that is NaN or infinite and cannot be drawn"
    }
  }
}
