import RandomStreams

/// What a step of an environment gave, apart from the state that it led to.
public struct Outcome: Sendable, Hashable {
  /// What the step earned.
  public var reward: Double
  /// Whether the step ended the episode, and how; a time limit is applied outside.
  public var ending: Ending

  /// Describes the outcome of a step.
  ///
  /// - Parameters:
  ///   - reward: What the step earned.
  ///   - ending: Whether it ended the episode, and how.
  @inlinable
  public init(reward: Double, ending: Ending = .none) {
    self.reward = reward
    self.ending = ending
  }

  /// Describes the outcome of a step in an environment that never cuts an episode off itself.
  ///
  /// - Parameters:
  ///   - reward: What the step earned.
  ///   - terminated: Whether the task itself is over.
  @inlinable
  public init(reward: Double, terminated: Bool) {
    self.init(reward: reward, ending: terminated ? .terminated : .none)
  }

  /// Describes the outcome of a step in an environment whose task is never over.
  ///
  /// - Parameters:
  ///   - reward: What the step earned.
  ///   - truncated: Whether the environment cuts the episode off.
  @inlinable
  public init(reward: Double, truncated: Bool) {
    self.init(reward: reward, ending: truncated ? .truncated : .none)
  }

  /// Whether the task itself is over.
  @inlinable
  public var terminated: Bool { ending == .terminated }

  /// Whether the environment cut the episode off.
  @inlinable
  public var truncated: Bool { ending == .truncated }
}

/// A task that an agent can learn: pure functions over a state.
///
/// An environment is a value that holds parameters (masses, lengths, limits); what changes is its
/// ``State``. All functions depend on nothing but their arguments, so one environment serves any
/// number of episodes on any number of threads:
///
///     struct Corridor: Environment {
///       let name = "Corridor"
///       let observationSpace = BoxSpace(lowest: [0], highest: [1])
///       let actionSpace = ActionSpace.discrete(count: 2)
///       let timeLimit: Int? = 50
///
///       func initialState(using generator: inout RandomStream) -> Int { 0 }
///
///       func step(
///         _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
///       ) -> Outcome {
///         state = max(0, state + (action.choice(among: 2) == 1 ? 1 : -1))
///         return Outcome(reward: state == 10 ? 1 : 0, terminated: state == 10)
///       }
///
///       func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
///         observation[0] = Float(state) / 10
///       }
///     }
///
/// Time limits, automatic reset, final observations and statistics of episodes are not part of
/// an environment; ``VectorEnvironment`` handles them for all. Where an episode is to be cut
/// off for another reason than a number of steps, as that of a snake that has not eaten for long, the
/// step's ``Outcome`` says `.truncated`. ``EnvironmentChecker`` checks that an environment keeps its
/// contract.
///
/// ## Where the state cannot be a value
///
/// A simulator in a C library, or behind a socket, cannot be copied. Let ``State`` be a final class
/// that owns it, or a struct that holds one and set ``hasReferenceState``; the environment remains a
/// struct:
///
///     struct Reservoir: Environment {
///       final class State: Codable, @unchecked Sendable {
///         private let simulator: Simulator       // opened in init, closed in deinit
///         private let seed: UInt64
///         private var actions: [Float] = []
///         …
///       }
///
///       func initialState(using generator: inout RandomStream) -> State {
///         State(seed: generator.next())
///       }
///
///       func step(
///         _ state: inout State, action: Span<Float>, using generator: inout RandomStream
///       ) -> Outcome {
///         state.advance(by: action[0])
///       }
///       …
///     }
///
/// - `@unchecked Sendable` is right, since no two threads use the same state at the same time.
/// - ``initialState(using:)`` makes a new object; the one of the last episode is then released.
/// - All randomness comes from the generator: draw a seed from it and hand that over.
/// - A state must be stored in checkpoints. A simulator that cannot be stored writes down its seed
///   and its actions, as above, and replays them when it is decoded.
/// - A simulator that fails cannot throw. Let it earn `.nan`: training stops at once, names the
///   environment and the step, and keeps the last good checkpoint. Say why it failed in the
///   simulator's own log.
///
/// `Tests/EnvironmentKitTests/ClassStateTests.swift` holds this example in full.
public protocol Environment: BatchableEnvironment {
  /// Everything that changes during an episode.
  associatedtype State: Sendable & Codable

  /// The state that an episode starts from.
  func initialState(using generator: inout RandomStream) -> State

  /// Advances a state by one step.
  ///
  /// - Parameters:
  ///   - state: The state before, and on return after the step. A state whose step ended the episode
  ///     must not be stepped again; what an environment does then is undefined.
  ///   - action: ``ActionSpace/componentCount`` numbers: the index of a choice for a discrete
  ///     space, values within the bounds for a box. See `choice(among:component:)` of `Span`.
  ///   - generator: The only source of randomness.
  /// - Returns: The reward, and whether the episode ended and how.
  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome

  /// Writes what can be observed of a state.
  ///
  /// - Parameters:
  ///   - state: The state.
  ///   - observation: D numbers, all of which must be written.
  func observe(_ state: State, into observation: inout MutableSpan<Float>)

  /// Whether a state is an object, or holds one, so that a copy of the state is no copy of what it
  /// stands for.
  ///
  /// A trainer cannot take back what happened in such states: asked to stop it first finishes the
  /// iteration, and where an iteration fails the last checkpoint is kept. By default it is so where
  /// ``State`` is a class; an environment whose state is a struct around an object says it itself.
  var hasReferenceState: Bool { get }

  /// Writes which choices are valid in a state of a discrete or multi-discrete space.
  ///
  /// A policy never takes an invalid one, neither in training nor in evaluation.
  ///
  /// - Parameters:
  ///   - state: The state.
  ///   - mask: One for each choice, those of a multi-discrete space component after component; all
  ///     are `true` at first. At least one choice of each component must stay so.
  func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>)

  /// Draws a state, in world units.
  ///
  /// - Parameter state: The state.
  /// - Returns: The picture; the same size and centre for all states, so that it does not jump.
  func scene(of state: State) -> Scene

  /// Steps several environments at once, starting a new episode where one ends.
  ///
  /// The default calls ``step(_:action:using:)`` and ``observe(_:into:)`` row by row. An
  /// environment implements it itself only to be faster, for example to compute several states in
  /// the lanes of a vector register, and then calls ``conclude(_:of:in:through:)`` for each row or
  /// ``conclude(_:rewards:in:through:)`` for all of them. The time limit that counts is that of the
  /// rows.
  func step(_ rows: EnvironmentRows<State>, through buffers: StepBuffers)
}

extension Environment {
  /// By default whether the state is a class.
  public var hasReferenceState: Bool { State.self is AnyObject.Type }

  /// By default an empty picture; viewers then draw the observation as bars.
  public func scene(of state: State) -> Scene { Scene(width: 1, height: 1, shapes: []) }
}
