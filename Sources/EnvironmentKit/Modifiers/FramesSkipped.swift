import RandomStreams
import Requirements

/// An environment in which each action is taken for several steps, of which the rewards are added.
///
/// What is observed is the larger of each number of the last two steps, so that sprites that flicker
/// are seen. A time limit of the base counts the base's steps.
public struct FramesSkipped<Base: Environment>: ModifiedEnvironment {
  /// The state of the base, and what was observed one step of the base before.
  public struct State: Sendable, Codable {
    /// The state of the base.
    public var base: Base.State
    /// The observation of the base's last step but one, D numbers.
    public internal(set) var previous: [Float]
  }

  /// The environment that is modified.
  public let base: Base
  /// The number of steps of the base for which an action is taken.
  public let stepCount: Int

  /// Skips frames; see ``Environment/skippingFrames(_:)``.
  public init(_ base: Base, stepCount: Int) {
    require(stepCount >= 1, "An action is taken for at least 1 step, not \(stepCount).")
    self.base = base
    self.stepCount = stepCount
  }

  /// That of the base in steps of several of the base's, rounded up.
  public var timeLimit: Int? { base.timeLimit.map { ($0 + stepCount - 1) / stepCount } }

  /// That of the base divided by the number of steps.
  public var stepsPerSecond: Double { base.stepsPerSecond / Double(stepCount) }

  /// A first state of the base.
  public func initialState(using generator: inout RandomStream) -> State {
    let first = base.initialState(using: &generator)
    return State(base: first, previous: observation(of: first))
  }

  /// Advances the base until the action was taken for all steps, or the episode has ended.
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    var reward = 0.0
    for step in 1...stepCount {
      // Where an action is taken once there is no step before it to see.
      if step == stepCount, step > 1 { state.previous = observation(of: state.base) }
      let outcome = base.step(&state.base, action: action, using: &generator)
      reward += outcome.reward
      if outcome.ending != .none || step == stepCount {
        if step < stepCount || stepCount == 1 { state.previous = observation(of: state.base) }
        return Outcome(reward: reward, ending: outcome.ending)
      }
    }
    return Outcome(reward: reward, terminated: false)
  }

  private func observation(of state: Base.State) -> [Float] {
    var numbers = [Float](repeating: 0, count: base.observationSpace.count)
    var span = numbers.mutableSpan
    base.observe(state, into: &span)
    return numbers
  }

  /// Writes the larger of each number of the last two steps.
  public func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    base.observe(state.base, into: &observation)
    for index in observation.indices {
      observation[index] = max(observation[index], state.previous[index])
    }
  }

  /// Allows what the base allows.
  public func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {
    base.writeActionMask(of: state.base, into: &mask)
  }

  /// Draws what the base draws.
  public func scene(of state: State) -> Scene { base.scene(of: state.base) }
}

extension Environment {
  /// The same environment, in which each action is taken for `stepCount` steps.
  ///
  /// - Parameter stepCount: The number of steps, at least 1; 4 for Atari games.
  /// - Returns: The environment that skips frames.
  public func skippingFrames(_ stepCount: Int) -> FramesSkipped<Self> {
    FramesSkipped(self, stepCount: stepCount)
  }
}
