import EnvironmentKit
import TensorCore

/// Brings the rows that each rank has collected to all ranks, in one message an iteration.
///
/// The rows are those that one process would have collected, since an environment depends on its
/// number alone; so everything that follows is done by each rank as if it were alone. A message also
/// says whether a rank was stopped or failed, so that all ranks end the iteration in the same way.
final class RolloutExchange {
  /// How the rollout of a rank ended; the first byte of its message.
  private enum Status: UInt8 {
    case whole
    case stopped
    case failed
  }

  private let rollout: Rollout
  private let ranks: any RankGroup
  private let columns: [RolloutColumn]
  private let counts: [Int]
  private var packed: [UInt8]
  private var gathered: [UInt8]

  /// - Parameters:
  ///   - rollout: What is filled, on each rank.
  ///   - memory: What the network remembers of each environment, `[N, S]`.
  ///   - ranks: The processes.
  init(of rollout: Rollout, memory: Buffer, _ ranks: any RankGroup) {
    self.rollout = rollout
    self.ranks = ranks
    let columns = rollout.columns + [RolloutColumn(memory, steps: 1, count: rollout.memoryCount)]
    self.columns = columns
    let size = columns.reduce(0) { $0 + $1.steps * $1.width }
    counts = (0..<ranks.count).map {
      1 + size * ranks.share(of: rollout.environmentCount, for: $0).count
    }
    packed = Array(repeating: 0, count: counts[ranks.rank])
    gathered = Array(repeating: 0, count: counts.reduce(0, +))
  }

  /// How many bytes a message of all ranks has.
  var byteCount: Int { gathered.count }

  /// Collects the rows of this rank, and gets those of the others.
  ///
  /// - Parameters:
  ///   - normalizer: What observations pass through before the network sees them.
  ///   - collect: Collects the rows of this rank; gives `false` if it was stopped.
  /// - Returns: Whether no rank was stopped.
  /// - Throws: ``TrainingError`` of the first rank whose environments failed.
  func collect(
    normalizer: ObservationNormalizer?, _ collect: () throws(TrainingError) -> Bool
  ) throws(TrainingError) -> Bool {
    var failure: TrainingError?
    do throws(TrainingError) {
      packed[0] = (try collect() ? Status.whole : .stopped).rawValue
    } catch {
      failure = error
      packed[0] = Status.failed.rawValue
    }
    copy(ranks.rank, isPacking: true)
    packed.withUnsafeBytes { own in
      gathered.withUnsafeMutableBytes { ranks.gather(own, counts: counts, into: $0) }
    }
    let statuses = statuses
    if statuses.contains(.failed) { throw shared(failure) }
    if statuses.contains(.stopped) { return false }
    for rank in 0..<ranks.count where rank != ranks.rank { copy(rank, isPacking: false) }
    // Stored observations are normalised when they are read.
    if rollout.storedObservations != nil { return true }
    normalizer?.apply(
      to: rollout.observations.pointer, from: rollout.rawObservations.pointer,
      rows: rollout.rowCount + rollout.environmentCount)
    return true
  }

  private var statuses: [Status] {
    var first = 0
    return counts.map { count in
      defer { first += count }
      return Status(rawValue: gathered[first]) ?? .failed
    }
  }

  /// Copies the rows of a rank to its message, or from it.
  private func copy(_ rank: Int, isPacking: Bool) {
    let own = ranks.share(of: rollout.environmentCount, for: rank)
    func copy(_ message: UnsafeMutableRawPointer) {
      var place = message + 1
      for column in columns {
        let size = own.count * column.width
        for step in 0..<column.steps {
          let rows =
            column.start + (step * rollout.environmentCount + own.lowerBound) * column.width
          if isPacking {
            place.copyMemory(from: rows, byteCount: size)
          } else {
            rows.copyMemory(from: place, byteCount: size)
          }
          place += size
        }
      }
    }
    if isPacking {
      packed.withUnsafeMutableBytes { $0.baseAddress.map(copy) }
    } else {
      let first = counts[..<rank].reduce(0, +)
      gathered.withUnsafeMutableBytes { $0.baseAddress.map { copy($0 + first) } }
    }
  }

  /// The error of the first rank that has one, on all ranks.
  private func shared(_ own: TrainingError?) -> TrainingError {
    let failures = ranks.gather(own.map(SharedFailure.init))
    let first = failures.lazy.compactMap { $0 ?? nil }.first
    return TrainingError(
      simulator: first ?? SharedFailure(), stepping: first?.environments ?? 0..<1,
      timestep: first?.timestep ?? 0)
  }
}

/// What a rank says of environments that could not be stepped.
private struct SharedFailure: Error, Codable, DetailedError, CustomStringConvertible {
  var description = "another process failed."
  var details: String?
  var environments = 0..<1
  var timestep = 0

  init() {}

  init(_ error: TrainingError) {
    description = error.what
    details = error.details
    if case .simulator(let range, let timestep) = error.place {
      environments = range
      self.timestep = timestep
    }
  }
}

/// One kind of what is written while environments are stepped: a row of environments at each step.
private struct RolloutColumn {
  let start: UnsafeMutableRawPointer
  let steps: Int
  /// How many bytes an environment has at a step.
  let width: Int

  init(_ buffer: Buffer, steps: Int, count: Int = 1) {
    start = UnsafeMutableRawPointer(buffer.pointer)
    self.steps = steps
    width = count * MemoryLayout<Float>.size
  }

  init<Element>(_ elements: UnsafeMutablePointer<Element>, steps: Int, count: Int = 1) {
    start = UnsafeMutableRawPointer(elements)
    self.steps = steps
    width = count * MemoryLayout<Element>.stride
  }
}

extension Rollout {
  private var observationColumns: [RolloutColumn] {
    guard let stored = storedObservations else {
      return [RolloutColumn(rawObservations, steps: stepCount + 1, count: observationCount)]
    }
    return [
      RolloutColumn(rawObservations, steps: 1, count: observationCount),
      RolloutColumn(stored.floats, steps: stepCount + 1, count: stored.floatCount),
      RolloutColumn(stored.bytes, steps: stepCount + 1, count: stored.byteCount),
    ]
  }

  /// Everything that is written while environments are stepped.
  fileprivate var columns: [RolloutColumn] {
    observationColumns + [
      RolloutColumn(actions, steps: stepCount, count: actionCount),
      RolloutColumn(actionMasks, steps: stepCount, count: choiceCount),
      RolloutColumn(memories, steps: stepCount / sequenceLength, count: memoryCount),
      RolloutColumn(logProbabilities, steps: stepCount),
      RolloutColumn(rewards, steps: stepCount), RolloutColumn(values, steps: stepCount + 1),
      RolloutColumn(finalValues, steps: stepCount), RolloutColumn(endings, steps: stepCount),
      RolloutColumn(episodeReturns, steps: stepCount),
      RolloutColumn(episodeLengths, steps: stepCount),
      RolloutColumn(hasFiniteEnd, steps: stepCount),
    ]
  }
}
