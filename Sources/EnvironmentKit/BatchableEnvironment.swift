import RandomStreams

/// A task as a trainer, an evaluation and a viewer know it: what can be observed and done, and how
/// to make a batch of its copies.
///
/// Most tasks are an ``Environment``, a value with pure functions over a state, which is batchable by
/// itself. A simulator that steps all its copies together, in C, in another process or on another
/// device, conforms to this protocol directly and returns an ``EnvironmentBatch`` of its own.
public protocol BatchableEnvironment: Sendable {
  /// The name, with a version where the task has one: `CartPole-v1`.
  var name: String { get }
  /// The bounds of an observation; its count is D.
  var observationSpace: BoxSpace { get }
  /// The named parts of an observation, whose counts sum to D; by default one unnamed vector.
  var observationLayout: ObservationLayout { get }
  /// The possible actions.
  var actionSpace: ActionSpace { get }
  /// The names of the choices of a discrete space, or of the components of a box, in order; those of a
  /// multi-discrete space component after component. Empty, the default, or one for each.
  var actionNames: [String] { get }
  /// The names of the D components of an observation; empty, the default, or one for each.
  var observationNames: [String] { get }
  /// The number of steps after which an episode is truncated, or `nil` for no limit.
  var timeLimit: Int? { get }
  /// The mean return of an episode from which on the task counts as solved, or `nil` for none.
  var rewardThreshold: Double? { get }
  /// What distinguishes this environment from others of the same name and spaces: a version of its
  /// equations, or its parameters. `nil`, the default, states nothing.
  ///
  /// A checkpoint stores it, and is refused where it differs.
  var fingerprint: String? { get }
  /// The versions of what computes the environment outside of this program, by name. Empty, the default,
  /// where there is nothing.
  ///
  /// A run notes them; another version on resuming is a warning.
  var versions: [String: String] { get }
  /// What the environment was asked for besides its name, so that it can be found again.
  var options: EnvironmentOptions { get }
  /// The playback rate in steps per second, a positive number: the reciprocal of the time step where
  /// that is known. By default 30.
  var stepsPerSecond: Double { get }
  /// Whether some choices are invalid in some states. By default `false`.
  var hasActionMask: Bool { get }

  /// The type of the snapshots of its batches, by which they are read from a checkpoint.
  var snapshotType: any EnvironmentSnapshot.Type { get }

  /// Makes copies of the environment, each at the start of an episode.
  ///
  /// - Parameters:
  ///   - numbers: The numbers of the copies, not empty. The random stream of a copy depends on its
  ///     number and not on which others are in the batch.
  ///   - seed: The seed of the run.
  ///   - purpose: What the copies are for; training and evaluation draw different numbers.
  ///   - afterEnd: What follows the end of an episode.
  /// - Returns: A batch of `numbers.count` copies.
  /// - Throws: An error whose description is a sentence, if the copies cannot be made.
  func makeBatch(
    of numbers: Range<Int>, seed: UInt64, purpose: RandomStream.Purpose, afterEnd: AfterEnd
  ) throws -> any EnvironmentBatch
}

/// What a batch does with a copy whose episode has ended.
public enum AfterEnd: Sendable, Hashable {
  /// Starts the next episode in the same step; the last observation is kept apart.
  case restart
  /// Leaves it in its last state until ``EnvironmentBatch/restart(_:)`` is called.
  case wait
}

extension BatchableEnvironment {
  /// By default one unnamed vector.
  public var observationLayout: ObservationLayout { ObservationLayout(observationSpace) }

  /// By default none.
  public var actionNames: [String] { [] }

  /// By default none.
  public var observationNames: [String] { [] }

  /// By default no mean return counts as solved.
  public var rewardThreshold: Double? { nil }

  /// By default none.
  public var fingerprint: String? { nil }

  /// By default none.
  public var versions: [String: String] { [:] }

  /// By default nothing.
  public var options: EnvironmentOptions { EnvironmentOptions() }

  /// By default 30.
  public var stepsPerSecond: Double { 30 }

  /// By default every choice is valid in every state.
  public var hasActionMask: Bool { false }

  /// The number of choices of which some may be invalid, M; `nil` if all are always valid.
  package var maskedChoiceCount: Int? {
    hasActionMask ? actionSpace.choiceCounts.reduce(0, +) : nil
  }
}
