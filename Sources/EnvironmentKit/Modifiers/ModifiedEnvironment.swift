import RandomStreams

/// An environment that is another one with something changed.
///
/// A modifier states what it changes; all else is that of its base:
///
///     struct Windy<Base: Environment>: ModifiedEnvironment where Base.State == Double {
///       let base: Base
///
///       func step(
///         _ state: inout Double, action: Span<Float>, using generator: inout RandomStream
///       ) -> Outcome {
///         state += 0.1 * generator.normal()
///         return base.step(&state, action: action, using: &generator)
///       }
///     }
///
/// Modifiers are values and can be put around each other; the one written last is the outermost, the
/// first to see an action and the last to see an observation:
///
///     let environment = Pendulum().limited(to: 100).rescalingActions().stackingFrames(4)
///
/// Since the type of the whole is known when it is compiled, nothing is looked up while it runs.
/// What an agent *learns from* is better changed in the trainer than here: the options
/// `rewardScale`, `normalizesObservations` and `normalizesReturns` of `Hyperparameters` leave alone
/// what episodes are reported to earn, and their statistics are part of the checkpoint.
public protocol ModifiedEnvironment: Environment {
  /// The environment that is modified.
  associatedtype Base: Environment
  /// The environment that is modified.
  var base: Base { get }
}

extension ModifiedEnvironment {
  /// That of the base.
  public var name: String { base.name }
  /// That of the base.
  public var observationSpace: BoxSpace { base.observationSpace }
  /// That of the base, or one unnamed vector where the modifier changes the space.
  public var observationLayout: ObservationLayout {
    let space = observationSpace
    return space == base.observationSpace ? base.observationLayout : ObservationLayout(space)
  }
  /// That of the base.
  public var actionSpace: ActionSpace { base.actionSpace }
  /// Those of the base, if there are as many.
  public var actionNames: [String] {
    base.actionSpace.nameableCount == actionSpace.nameableCount ? base.actionNames : []
  }
  /// Those of the base, if there are as many.
  public var observationNames: [String] {
    base.observationSpace.count == observationSpace.count ? base.observationNames : []
  }
  /// That of the base.
  public var timeLimit: Int? { base.timeLimit }
  /// That of the base.
  public var rewardThreshold: Double? { base.rewardThreshold }
  /// That of the base.
  public var fingerprint: String? { base.fingerprint }
  /// Those of the base.
  public var versions: [String: String] { base.versions }
  /// Those of the base.
  public var options: EnvironmentOptions { base.options }
  /// That of the base.
  public var stepsPerSecond: Double { base.stepsPerSecond }
  /// Whether the state is a class, or the base's cannot be copied.
  public var hasReferenceState: Bool { State.self is AnyObject.Type || base.hasReferenceState }
  /// That of the base.
  public var hasActionMask: Bool { base.hasActionMask }
}

extension ModifiedEnvironment where State == Base.State {
  /// A first state of the base.
  @inlinable
  public func initialState(using generator: inout RandomStream) -> State {
    base.initialState(using: &generator)
  }

  /// Advances the state as the base does.
  @inlinable
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    base.step(&state, action: action, using: &generator)
  }

  /// Writes what the base writes.
  @inlinable
  public func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    base.observe(state, into: &observation)
  }

  /// Allows what the base allows.
  @inlinable
  public func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {
    base.writeActionMask(of: state, into: &mask)
  }

  /// Draws what the base draws.
  @inlinable
  public func scene(of state: State) -> Scene { base.scene(of: state) }
}
