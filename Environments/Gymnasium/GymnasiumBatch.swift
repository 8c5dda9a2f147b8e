import EnvironmentKit
import Foundation
import RandomStreams
import Requirements
import Synchronization

/// Copies of a ``GymnasiumEnvironment`` that worker processes step, each a slice of them.
///
/// While a thread waits for its worker, another computes; a worker needs a processor core of its own.
public final class GymnasiumBatch: EnvironmentBatch, @unchecked Sendable {
  // Threads step disjoint ranges of rows, and a worker is locked while it steps.

  /// The number of copies, N.
  public let count: Int
  /// What is to be said about ``restore(_:)``, if copies could not be brought to where they were.
  public private(set) var notice: String?

  /// What the rows are copies of.
  public let environment: GymnasiumEnvironment
  let slices: [EnvironmentSlice]
  let rows: UnsafeMutablePointer<EpisodeRow>
  let isRecording: Bool
  private let observationCount: Int
  private let actionCount: Int
  private let choiceCounts: [Int]

  init(
    of environment: GymnasiumEnvironment, numbers: Range<Int>, seed: UInt64,
    purpose: RandomStream.Purpose, afterEnd: AfterEnd
  ) throws {
    require(!numbers.isEmpty, "A batch of environments needs at least 1 copy.")
    self.environment = environment
    count = numbers.count
    observationCount = environment.observationSpace.count
    actionCount = environment.actionSpace.componentCount
    choiceCounts = environment.actionSpace.choiceCounts
    // A row whose first episode alone is seeded cannot be played again.
    isRecording = environment.recipe.seedsEveryEpisode
    let total = numbers.count
    let workerCount = max(1, min(environment.recipe.workerCount, total))
    let workers = try environment.workers(workerCount)
    slices = try workers.enumerated().map { index, worker throws(GymnasiumError) in
      try EnvironmentSlice(
        worker, index, rows: index * total / workerCount..<(index + 1) * total / workerCount,
        of: environment)
    }
    rows = .allocate(capacity: total)
    for (row, number) in numbers.enumerated() {
      (rows + row).initialize(
        to: EpisodeRow(RandomStream(seed: seed, purpose: purpose, index: number)))
    }
    try noting(slices[...]) { try start(restarts: afterEnd == .restart) }
  }

  /// Makes copies of an environment by its id, to be stepped by the caller.
  ///
  ///     let batch = try GymnasiumBatch("LunarLander-v3", count: 8)
  ///     let arrays = StepArrays(for: batch.environment, count: 8)
  ///     try batch.step(0..<8, through: arrays.buffers())
  ///
  /// - Parameters:
  ///   - id: The id that Gymnasium finds it by.
  ///   - count: The number of copies, N, at least 1.
  ///   - options: What is handed to `gymnasium.make`.
  ///   - seed: What the seeds of all episodes are drawn from.
  /// - Throws: As `GymnasiumEnvironment` does.
  public convenience init(
    _ id: String, count: Int, options: [String: OptionValue] = [:], seed: UInt64 = 1
  ) throws {
    try self.init(
      of: GymnasiumEnvironment(id, options: options), numbers: 0..<count, seed: seed,
      purpose: .environment, afterEnd: .restart)
  }

  private func start(restarts: Bool) throws {
    for slice in slices {
      try slice.prepare(
        restarts: restarts, reseeds: environment.recipe.seedsEveryEpisode)
    }
    for slice in slices { try slice.waitForAnswer(in: self) }
    for slice in slices { try askToBegin(slice.rows, of: slice) }
    for slice in slices {
      try waitForBeginning(slice.rows, of: slice)
      slice.worker.limitAnswers(seconds: environment.recipe.secondsForStep)
    }
  }

  deinit {
    rows.deinitialize(count: count)
    rows.deallocate()
    if isUsable { environment.spare.keep(slices.map(\.worker)) }
  }

  /// Whether no worker has failed, so that all wait for a message.
  private var isUsable: Bool { slices.allSatisfy { $0.failure == nil } }

  /// A thread for each worker.
  public var maximumShares: Int { slices.count }

  /// Never: to play the episodes again takes as long as they took.
  public var canTakeBack: Bool { false }

  /// Writes the present observations of some copies.
  public func observe(_ range: Range<Int>, into observations: UnsafeMutablePointer<Float>) {
    for slice in slices(of: range) {
      let part = slice.rows.clamped(to: range)
      slice.copyObservations(
        part, to: observations + (part.lowerBound - range.lowerBound) * observationCount)
    }
  }

  /// Writes which choices are valid.
  public func writeActionMasks(
    into masks: UnsafeMutablePointer<Float>, of range: Range<Int>
  ) -> Bool {
    let width = choiceCounts.reduce(0, +)
    for slice in slices(of: range) {
      for row in slice.rows.clamped(to: range) {
        var first = masks + (row - range.lowerBound) * width
        slice.copyMask(row, to: first)
        for count in choiceCounts {
          guard UnsafeBufferPointer(start: first, count: count).contains(1) else { return false }
          first += count
        }
      }
    }
    return true
  }

  /// Steps some copies.
  ///
  /// - Throws: ``GymnasiumError`` if an environment raises an exception or a worker ends.
  public func step(_ range: Range<Int>, through buffers: StepBuffers) throws {
    let slices = slices(of: range)
    try noting(slices) { try step(slices, range, buffers) }
  }

  /// Lets all workers of a range step at the same time.
  private func step(
    _ slices: ArraySlice<EnvironmentSlice>, _ range: Range<Int>, _ buffers: StepBuffers
  ) throws(GymnasiumError) {
    guard let slice = slices.first else { return }
    let part = slice.rows.clamped(to: range)
    // Always in the order of the rows, so that no two threads wait for each other.
    try slice.turn.withLock { _ throws(GymnasiumError) in
      slice.takeActions(
        part, from: buffers.actions + (part.lowerBound - range.lowerBound) * actionCount)
      try slice.startStep(part)
      try step(slices.dropFirst(), range, buffers)
      try slice.waitForStep(in: self)
      conclude(part, of: slice, offset: range.lowerBound, buffers)
    }
  }

  /// Copies what came of a step, and counts.
  private func conclude(
    _ part: Range<Int>, of slice: EnvironmentSlice, offset: Int, _ buffers: StepBuffers
  ) {
    slice.copyObservations(
      part, to: buffers.observations + (part.lowerBound - offset) * observationCount)
    for row in part {
      let at = row - offset
      let (reward, ending) = slice.result(row)
      buffers.rewards[at] = Float(reward)
      buffers.endings[at] = ending
      rows[row].earned += reward
      rows[row].elapsed += 1
      if isRecording { rows[row].record(slice.action(row)) }
      guard ending != .none else { continue }
      slice.copyFinalObservation(row, to: buffers.finalObservations + at * observationCount)
      buffers.episodeReturns[at] = rows[row].earned
      buffers.episodeLengths[at] = rows[row].elapsed
      if slice.restarts {
        rows[row].begin()
        slice.setSeed(rows[row].nextSeed, of: row)
      }
    }
  }

  /// Starts a new episode in a copy.
  ///
  /// - Throws: ``GymnasiumError`` if the environment raises an exception or the worker ends.
  public func restart(_ row: Int) throws {
    let slices = slices(of: row..<row + 1)
    try noting(slices) {
      for slice in slices {
        try slice.turn.withLock { _ throws(GymnasiumError) in
          try askToBegin(row..<row + 1, of: slice)
          try waitForBeginning(row..<row + 1, of: slice)
        }
      }
    }
  }

  /// Does with some workers what may fail, after which those cannot be used any more.
  func noting<Result>(
    _ slices: ArraySlice<EnvironmentSlice>, _ work: () throws -> Result
  ) throws -> Result {
    for slice in slices {
      if let failure = slice.failure { throw failure }
    }
    do {
      return try work()
    } catch {
      if let error = error as? GymnasiumError {
        for slice in slices { slice.note(error) }
      }
      throw error
    }
  }

  /// Lets a worker start new episodes, whose seeds are then those of the running episodes.
  private func askToBegin(_ range: Range<Int>, of slice: EnvironmentSlice) throws(GymnasiumError) {
    for row in range {
      slice.setSeed(rows[row].nextSeed, of: row)
      rows[row].begin()
    }
    try slice.ask(ResetRequest(reset: range.map { $0 - slice.rows.lowerBound }))
  }

  /// Waits for new episodes and lays the seeds of those that follow ready.
  private func waitForBeginning(
    _ range: Range<Int>, of slice: EnvironmentSlice
  ) throws(GymnasiumError) {
    try slice.waitForAnswer(in: self)
    for row in range { slice.setSeed(rows[row].nextSeed, of: row) }
  }

  /// The workers that have rows of a range.
  func slices(of range: Range<Int>) -> ArraySlice<EnvironmentSlice> {
    let first = slices.firstIndex { $0.rows.upperBound > range.lowerBound } ?? slices.count
    let end = slices.firstIndex { $0.rows.lowerBound >= range.upperBound } ?? slices.count
    return slices[first..<max(first, end)]
  }

  func note(_ notice: String) { self.notice = notice }
}
