/// N copies of an environment that are stepped together.
///
/// The copies write their observations, rewards and endings straight into the caller's arrays. A
/// range of rows costs one dynamic call, a row none. Ranges that do not overlap may be stepped by
/// several threads at the same time, up to ``maximumShares`` of them.
///
/// ``VectorEnvironment`` is the batch of a value ``Environment``.
public protocol EnvironmentBatch: AnyObject, Sendable {
  /// A copy of everything that changes, for checkpoints and for taking back an iteration.
  associatedtype Snapshot: EnvironmentSnapshot

  /// The number of copies, N.
  var count: Int { get }

  /// The number of threads that may step disjoint ranges of rows at the same time; at least 1.
  /// Rows are dealt to that many ranges of nearly equal length at most.
  var maximumShares: Int { get }

  /// Whether ``restore(_:)`` returns all copies to where they stood at a snapshot, however often and
  /// at little cost, so that a failed iteration can be undone.
  var canTakeBack: Bool { get }

  /// Writes the present observations of some copies.
  ///
  /// - Parameters:
  ///   - rows: The copies.
  ///   - observations: Receives the observations, `[rows.count, D]`.
  func observe(_ rows: Range<Int>, into observations: UnsafeMutablePointer<Float>)

  /// Writes which choices are valid in the present states of some copies; called only where the
  /// environment has action masks.
  ///
  /// - Parameters:
  ///   - masks: Receives 1 for a valid and 0 for an invalid choice, `[rows.count, M]` for M choices
  ///     of all components together.
  ///   - rows: The copies.
  /// - Returns: Whether each component of all has a valid choice. The first copy of which one has
  ///   none, which is a fault of the environment, is the last whose mask is written.
  func writeActionMasks(into masks: UnsafeMutablePointer<Float>, of rows: Range<Int>) -> Bool

  /// Steps some copies.
  ///
  /// - Parameters:
  ///   - rows: The copies; ranges that are stepped at the same time must not overlap.
  ///   - buffers: Pointers to the numbers of the first copy of the range.
  /// - Throws: An error whose description is a sentence, if the simulator fails. The copies then
  ///   stand anywhere.
  func step(_ rows: Range<Int>, through buffers: StepBuffers) throws

  /// Starts a new episode in a copy.
  ///
  /// - Throws: An error whose description is a sentence, if the simulator fails.
  func restart(_ row: Int) throws

  /// A copy of everything that changes.
  ///
  /// - Throws: An error whose description is a sentence, if a state cannot be stored.
  func snapshot() throws -> Snapshot

  /// Returns all copies to where they stood when the snapshot was taken.
  ///
  /// - Precondition: The snapshot is of N copies.
  /// - Throws: An error whose description is a sentence, if that is impossible.
  func restore(_ snapshot: Snapshot) throws

  /// What is to be said about the last ``restore(_:)``, as the end of a sentence, if some copies could
  /// not be brought back to where they were and began new episodes. By default `nil`.
  var notice: String? { get }

  /// Draws the present state of a copy, in world units; an empty scene if there is no drawing.
  func scene(of row: Int) -> Scene
}

/// Everything that a batch of environments needs to continue from where it stood.
public protocol EnvironmentSnapshot: Sendable, Codable {
  /// The number of copies that it was taken of.
  var count: Int { get }

  /// The part about some of the copies, as a snapshot of a batch of those alone, so that a run can be
  /// divided among processes; `nil`, the default, where that is impossible.
  func part(of rows: Range<Int>) -> Self?

  /// The snapshot of all copies of several batches, one behind the other; `nil`, the default, where that
  /// is impossible.
  static func joined(_ parts: [Self]) -> Self?
}

extension EnvironmentSnapshot {
  /// By default impossible.
  public func part(of rows: Range<Int>) -> Self? { nil }

  /// By default impossible.
  public static func joined(_ parts: [Self]) -> Self? { nil }
}

extension EnvironmentBatch {
  /// By default any number of threads.
  public var maximumShares: Int { .max }

  /// By default nothing.
  public var notice: String? { nil }

  /// By default an empty scene.
  public func scene(of row: Int) -> Scene { Scene(width: 1, height: 1, shapes: []) }

  /// Restores a snapshot whose type is not known when the program is compiled.
  ///
  /// - Throws: ``UnfittingSnapshot`` if it is of another kind of batch or of another number of
  ///   copies, and as ``restore(_:)`` does.
  package func restore(any snapshot: any EnvironmentSnapshot) throws {
    guard let snapshot = snapshot as? Snapshot, snapshot.count == count else {
      throw UnfittingSnapshot(
        description: """
          The snapshot is of \(snapshot.count) environments, as \(type(of: snapshot)); these are \
          \(count), with snapshots of type \(Snapshot.self).
          """)
    }
    try restore(snapshot)
  }
}

/// The error of restoring a snapshot of other environments.
public struct UnfittingSnapshot: Error, CustomStringConvertible {
  /// What was found and what was expected.
  public let description: String
}
