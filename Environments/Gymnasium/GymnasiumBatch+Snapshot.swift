import EnvironmentKit
import Foundation
import RandomStreams
import Requirements

// Episodes cannot be stored, since the state of a simulator cannot be read; they are played again.

extension GymnasiumBatch {
  /// The seeds and the actions of the running episodes, and what was observed last.
  public struct Snapshot: EnvironmentSnapshot {
    let rows: [Row]

    struct Row: Sendable, Codable {
      let stream: RandomStream
      let seed: UInt64
      let nextSeed: UInt64
      let elapsed: Int
      let earned: Double
      /// In single precision.
      let actions: Data
      let observation: Data
    }

    /// The number of environments that it was taken of.
    public var count: Int { rows.count }

    /// The part about some of the copies.
    public func part(of rows: Range<Int>) -> Self? { Self(rows: Array(self.rows[rows])) }

    /// The snapshot of all copies of several batches.
    public static func joined(_ parts: [Self]) -> Self? { Self(rows: parts.flatMap(\.rows)) }
  }

  /// What is stored in a checkpoint.
  public func snapshot() -> Snapshot {
    Snapshot(
      rows: (0..<count).map { row in
        let episode = rows[row]
        return Snapshot.Row(
          stream: episode.stream, seed: episode.seed, nextSeed: episode.nextSeed,
          elapsed: episode.elapsed, earned: episode.earned,
          actions: episode.actions.withUnsafeBytes { Data($0) }, observation: observed(row))
      })
  }

  private func observed(_ row: Int) -> Data {
    var numbers = [Float](repeating: 0, count: environment.observationSpace.count)
    numbers.withUnsafeMutableBufferPointer { numbers in
      if let start = numbers.baseAddress { observe(row..<row + 1, into: start) }
    }
    return numbers.withUnsafeBytes { Data($0) }
  }

  /// Plays the running episodes of a snapshot again.
  ///
  /// Where a copy shows something else at the end than the snapshot, its episode begins again, and
  /// ``notice`` says so.
  ///
  /// - Throws: ``GymnasiumError`` if a worker ends.
  public func restore(_ snapshot: Snapshot) throws {
    require(
      snapshot.count == count,
      "The snapshot is of \(snapshot.count) environments; these are \(count).")
    for (row, stored) in snapshot.rows.enumerated() { rows[row] = EpisodeRow(stored) }
    // Where not every episode has a seed, none can be played again.
    let lost = try isRecording ? noting(slices[...]) { try replay(snapshot) } : Array(0..<count)
    for row in lost { try restart(row) }
    if lost.isEmpty { return }
    note(
      """
      \(lost.count) of \(count) environments could not be brought back to where they were, so that \
      their episodes start again.
      """)
  }

  /// Plays all episodes again, and gives the rows where that has led elsewhere.
  private func replay(_ snapshot: Snapshot) throws(GymnasiumError) -> [Int] {
    var lost: [Int] = []
    // All workers play at the same time, each one episode after another.
    for turn in 0..<(slices.map(\.rows.count).max() ?? 0) {
      let playing = slices.filter { turn < $0.rows.count }
      for slice in playing { try replay(slice.rows.lowerBound + turn, of: slice) }
      for slice in playing {
        let row = slice.rows.lowerBound + turn
        if try !hasReached(snapshot.rows[row], row, of: slice) { lost.append(row) }
      }
    }
    return lost
  }

  private func replay(_ row: Int, of slice: EnvironmentSlice) throws(GymnasiumError) {
    slice.setSeed(rows[row].seed, of: row)
    let actions = rows[row].actions.withUnsafeBytes { Data($0) }
    try slice.ask(
      ReplayRequest(replay: row - slice.rows.lowerBound, actions: actions))
  }

  /// Whether a copy shows after an episode was played again what it showed before.
  private func hasReached(
    _ stored: Snapshot.Row, _ row: Int, of slice: EnvironmentSlice
  ) throws(GymnasiumError) -> Bool {
    let answer = try slice.waitForReplay()
    slice.setSeed(rows[row].nextSeed, of: row)
    return answer == stored.elapsed && observed(row) == stored.observation
  }
}

extension EpisodeRow {
  init(_ stored: GymnasiumBatch.Snapshot.Row) {
    stream = stored.stream
    seed = stored.seed
    nextSeed = stored.nextSeed
    elapsed = stored.elapsed
    earned = stored.earned
    actions = stored.actions.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
