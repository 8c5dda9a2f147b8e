import RandomStreams
import Requirements

/// N copies of an environment that are stepped together.
///
/// It does what every environment needs and none should do itself: it starts a new episode in the
/// step in which one ends (the last observation is kept apart), applies the time limit, and sums
/// up what episodes earned. Each copy draws from a stream of its own, so the result does not
/// depend on which thread steps which copy, nor on how many copies there are.
public final class VectorEnvironment<Base: Environment>: EnvironmentBatch, @unchecked Sendable {
  // Threads step disjoint ranges of rows; that is what makes sharing an instance safe.

  /// The environment that every row is a copy of.
  public let base: Base
  /// The number of copies, N.
  public let count: Int

  private let rows: EnvironmentRows<Base.State>
  /// The number of choices of each component of an action; none where actions are real numbers.
  private let choiceCounts: [Int]

  /// Makes `count` copies, each at the start of an episode.
  ///
  /// - Parameters:
  ///   - base: The environment.
  ///   - count: N, at least 1.
  ///   - seed: The seed of the run.
  ///   - purpose: What the copies are for; training and evaluation draw different numbers.
  public convenience init(
    _ base: Base, count: Int, seed: UInt64, purpose: RandomStream.Purpose = .environment
  ) {
    self.init(base, numbers: 0..<count, seed: seed, purpose: purpose, afterEnd: .restart)
  }

  init(
    _ base: Base, numbers: Range<Int>, seed: UInt64, purpose: RandomStream.Purpose,
    afterEnd: AfterEnd
  ) {
    let count = numbers.count
    require(count > 0, "A vector environment needs at least 1 copy, not \(count).")
    self.base = base
    self.count = count
    choiceCounts = base.actionSpace.choiceCounts
    rows = EnvironmentRows(
      count: count,
      observationCount: base.observationSpace.count,
      actionCount: base.actionSpace.componentCount,
      timeLimit: base.timeLimit,
      afterEnd: afterEnd,
      states: .allocate(capacity: count),
      generators: .allocate(capacity: count),
      elapsed: .allocate(capacity: count),
      earned: .allocate(capacity: count))
    rows.elapsed.initialize(repeating: 0, count: count)
    rows.earned.initialize(repeating: 0, count: count)
    for row in 0..<count {
      (rows.generators + row).initialize(
        to: RandomStream(seed: seed, purpose: purpose, index: numbers.lowerBound + row))
      (rows.states + row).initialize(to: base.initialState(using: &rows.generators[row]))
    }
  }

  deinit {
    rows.states.deinitialize(count: count)
    rows.states.deallocate()
    rows.generators.deallocate()
    rows.elapsed.deallocate()
    rows.earned.deallocate()
  }

  /// Whether a copy of a state is a copy of what it stands for.
  public var canTakeBack: Bool { !base.hasReferenceState }

  /// Writes the present observations of all copies, shape `[N, D]`.
  public func observe(into observations: UnsafeMutablePointer<Float>) {
    observe(0..<count, into: observations)
  }

  /// Writes the present observations of some copies, shape `[range.count, D]`.
  public func observe(_ range: Range<Int>, into observations: UnsafeMutablePointer<Float>) {
    let width = rows.observationCount
    for (index, row) in range.enumerated() {
      base.observe(rows.states[row], into: observations + index * width, count: width)
    }
  }

  /// Writes which choices are valid in the present states of some of the copies.
  ///
  /// - Parameters:
  ///   - masks: Receives 1 for a valid and 0 for an invalid choice, `[range.count, M]` for M choices
  ///     of all components together.
  ///   - range: Which copies.
  /// - Returns: Whether each component of all has a valid choice. The first copy of which one has
  ///   none, which is a mistake of the environment, is the last whose mask is written.
  /// - Complexity: O(range.count · M), no allocation.
  public func writeActionMasks(
    into masks: UnsafeMutablePointer<Float>, of range: Range<Int>
  ) -> Bool {
    let width = choiceCounts.reduce(0, +)
    return range.enumerated().allSatisfy { index, row in
      base.writeActionMask(
        of: rows.states[row], counts: choiceCounts, into: masks + index * width) == nil
    }
  }

  /// Steps some of the copies.
  ///
  /// - Parameters:
  ///   - range: Which; ranges that are stepped at the same time must not overlap.
  ///   - buffers: Pointers to the numbers of the first copy of the range.
  public func step(_ range: Range<Int>, through buffers: StepBuffers) {
    base.step(rows[range], through: buffers)
  }

  /// Starts a new episode in one copy.
  public func restart(_ row: Int) { base.restart(row, in: rows) }

  /// Draws the state of one copy.
  public func scene(of row: Int) -> Scene { base.scene(of: state(of: row)) }

  /// The state of one copy.
  ///
  /// - Precondition: `row` is in `0..<count`.
  public func state(of row: Int) -> Base.State {
    require(0 <= row && row < count, "Row \(row) is not one of the \(count) rows.")
    return rows.states[row]
  }

  /// What the running episode of one copy has earned so far.
  ///
  /// - Precondition: `row` is in `0..<count`.
  public func episodeReturn(of row: Int) -> Double {
    require(0 <= row && row < count, "Row \(row) is not one of the \(count) rows.")
    return rows.earned[row]
  }
}

extension VectorEnvironment {
  /// Everything that must be stored to continue later where the copies stand now.
  public struct Snapshot: EnvironmentSnapshot {
    let states: [Base.State]
    let generators: [RandomStream]
    let elapsed: [Int]
    let earned: [Double]

    /// The number of environments that it was taken of.
    public var count: Int { states.count }

    /// The part about some of the copies.
    public func part(of rows: Range<Int>) -> Self? {
      Self(
        states: Array(states[rows]), generators: Array(generators[rows]),
        elapsed: Array(elapsed[rows]), earned: Array(earned[rows]))
    }

    /// The snapshot of all copies of several batches.
    public static func joined(_ parts: [Self]) -> Self? {
      Self(
        states: parts.flatMap(\.states), generators: parts.flatMap(\.generators),
        elapsed: parts.flatMap(\.elapsed), earned: parts.flatMap(\.earned))
    }
  }

  /// What is stored in a checkpoint.
  ///
  /// Where the state of the environment is a class, a snapshot holds the very objects; it must be
  /// encoded before the next step.
  public func snapshot() -> Snapshot {
    Snapshot(
      states: (0..<count).map { rows.states[$0] },
      generators: (0..<count).map { rows.generators[$0] },
      elapsed: (0..<count).map { rows.elapsed[$0] },
      earned: (0..<count).map { rows.earned[$0] })
  }

  /// Returns all copies to where they stood when the snapshot was taken.
  public func restore(_ snapshot: Snapshot) {
    require(
      snapshot.count == count,
      "The snapshot is of \(snapshot.count) environments; these are \(count).")
    for row in 0..<count {
      rows.states[row] = snapshot.states[row]
      rows.generators[row] = snapshot.generators[row]
      rows.elapsed[row] = snapshot.elapsed[row]
      rows.earned[row] = snapshot.earned[row]
    }
  }
}

extension Environment {
  /// That of a ``VectorEnvironment``.
  public var snapshotType: any EnvironmentSnapshot.Type { VectorEnvironment<Self>.Snapshot.self }

  /// Makes a ``VectorEnvironment``.
  public func makeBatch(
    of numbers: Range<Int>, seed: UInt64, purpose: RandomStream.Purpose, afterEnd: AfterEnd
  ) -> any EnvironmentBatch {
    VectorEnvironment(self, numbers: numbers, seed: seed, purpose: purpose, afterEnd: afterEnd)
  }
}

extension VectorEnvironment.Snapshot {
  /// Reads a snapshot from a file, which may be damaged.
  ///
  /// - Parameter decoder: Where to read from.
  /// - Throws: A `DecodingError` if something is missing or the parts are of different counts.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    states = try container.decode([Base.State].self, forKey: .states)
    generators = try container.decode([RandomStream].self, forKey: .generators)
    // Counted in 32 bits, as it once was, a long episode had a negative number of steps.
    elapsed = try container.decode([Int].self, forKey: .elapsed).map { $0 < 0 ? $0 + 1 << 32 : $0 }
    earned = try container.decode([Double].self, forKey: .earned)
    let counts = [states.count, generators.count, elapsed.count, earned.count]
    guard Set(counts).count == 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "The parts of a snapshot are of the counts \(counts), not of one."))
    }
    guard elapsed.allSatisfy({ 0...EnvironmentChecker.mostSteps ~= $0 }) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "The numbers of steps \(elapsed) are not all those of an episode."))
    }
  }
}
