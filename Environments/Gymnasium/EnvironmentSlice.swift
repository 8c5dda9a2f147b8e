import EnvironmentKit
import Foundation
import Synchronization

/// The rows of a batch that one worker steps, and where their numbers lie.
final class EnvironmentSlice: @unchecked Sendable {
  // `restarts` is set while the batch is made; the memory is written by the thread that has the turn.

  let worker: WorkerProcess
  let index: Int
  let rows: Range<Int>
  private(set) var restarts = false
  private let failed = Mutex<GymnasiumError?>(nil)

  private let isBytes: Bool
  private let observationCount: Int
  private let actionCount: Int
  private let maskCount: Int
  private let layout: SliceLayout
  /// The turn of the one thread that talks to the worker.
  let turn = Mutex(())

  init(
    _ worker: WorkerProcess, _ index: Int, rows: Range<Int>, of environment: GymnasiumEnvironment
  ) throws(GymnasiumError) {
    self.worker = worker
    self.index = index
    self.rows = rows
    isBytes = environment.description.isBytes
    observationCount = environment.observationSpace.count
    actionCount = environment.actionSpace.componentCount
    maskCount = environment.hasActionMask ? environment.actionSpace.choiceCounts.reduce(0, +) : 0
    layout = SliceLayout(
      rows: rows.count, observations: observationCount, isBytes: isBytes, actions: actionCount,
      masks: maskCount)
    worker.limitAnswers(seconds: nil)
    try worker.memory.reserve(layout.size)
  }

  // MARK: Numbers

  private func array<Element>(_ offset: Int, of type: Element.Type) -> UnsafeMutablePointer<
    Element
  > {
    (worker.memory.start + offset).assumingMemoryBound(to: type)
  }

  /// Hands over the actions of some rows, `[part.count, A]`.
  func takeActions(_ part: Range<Int>, from actions: UnsafePointer<Float>) {
    (array(layout.actions, of: Float.self) + (part.lowerBound - rows.lowerBound) * actionCount)
      .update(from: actions, count: part.count * actionCount)
  }

  /// The last action of a row.
  func action(_ row: Int) -> UnsafeBufferPointer<Float> {
    let first =
      array(layout.actions, of: Float.self) + (row - rows.lowerBound) * actionCount
    return UnsafeBufferPointer(start: first, count: actionCount)
  }

  /// The reward and the ending of the last step of a row.
  func result(_ row: Int) -> (reward: Double, ending: Ending) {
    let at = row - rows.lowerBound
    let ending: Ending =
      if array(layout.terminated, of: UInt8.self)[at] != 0 {
        .terminated
      } else if array(layout.truncated, of: UInt8.self)[at] != 0 {
        .truncated
      } else {
        .none
      }
    return (array(layout.rewards, of: Double.self)[at], ending)
  }

  /// Lays the seed of the next episode of a row ready.
  func setSeed(_ seed: UInt64, of row: Int) {
    array(layout.seeds, of: UInt64.self)[row - rows.lowerBound] = seed
  }

  func copyObservations(_ part: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    copy(layout.observations, part, to: target)
  }

  func copyFinalObservation(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    copy(layout.finals, row..<row + 1, to: target)
  }

  private func copy(
    _ offset: Int, _ part: Range<Int>, to target: UnsafeMutablePointer<Float>
  ) {
    let first = (part.lowerBound - rows.lowerBound) * observationCount
    let count = part.count * observationCount
    if isBytes {
      let bytes = array(offset, of: UInt8.self) + first
      for at in 0..<count { target[at] = Float(bytes[at]) }
    } else {
      target.update(from: array(offset, of: Float.self) + first, count: count)
    }
  }

  func copyMask(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    let valid = array(layout.masks, of: UInt8.self) + (row - rows.lowerBound) * maskCount
    for at in 0..<maskCount { target[at] = valid[at] != 0 ? 1 : 0 }
  }

  // MARK: Messages

  func prepare(restarts: Bool, reseeds: Bool) throws(GymnasiumError) {
    self.restarts = restarts
    try ask(
      Preparation(
        count: rows.count, size: layout.size, arrays: layout.places, restarts: restarts,
        reseeds: reseeds))
  }

  func ask(_ message: some Encodable) throws(GymnasiumError) {
    try talking { () throws(WorkerEnd) in try worker.send(message) }
  }

  @discardableResult
  func waitForAnswer(in batch: GymnasiumBatch) throws(GymnasiumError) -> WorkerAnswer {
    let answer = try read(talking { () throws(WorkerEnd) in try worker.receiveLine() })
    if answer.error != nil { throw raised(answer, in: batch) }
    return answer
  }

  /// Waits until an episode was played again.
  ///
  /// - Returns: The number of its steps, or `nil` if it ended before or raised an exception.
  func waitForReplay() throws(GymnasiumError) -> Int? {
    let answer = try read(talking { () throws(WorkerEnd) in try worker.receiveLine() })
    // An episode that has ended goes on nowhere, unless copies wait after the end.
    return restarts && answer.ended == true ? nil : answer.steps
  }

  /// Asks the worker to step some of its rows.
  func startStep(_ part: Range<Int>) throws(GymnasiumError) {
    let isWhole = part.count == rows.count
    if !isWhole {
      let marks = array(layout.marked, of: UInt8.self)
      for row in rows { marks[row - rows.lowerBound] = part.contains(row) ? 1 : 0 }
    }
    try talking { () throws(WorkerEnd) in try worker.send(UInt8(ascii: isWhole ? "s" : "p")) }
  }

  func waitForStep(in batch: GymnasiumBatch) throws(GymnasiumError) {
    let line = try talking { () throws(WorkerEnd) in try worker.receiveStep() }
    if let line { throw raised(try read(line), in: batch) }
  }

  /// Names the rows where the worker has ended.
  private func talking<Result>(
    _ work: () throws(WorkerEnd) -> Result
  ) throws(GymnasiumError) -> Result {
    do {
      return try work()
    } catch {
      throw ended(error)
    }
  }

  private func read(_ line: [UInt8]) throws(GymnasiumError) -> WorkerAnswer {
    guard let answer = try? JSONDecoder().decode(WorkerAnswer.self, from: Data(line)) else {
      throw GymnasiumError("Worker \(index) gave an answer that cannot be read.")
    }
    return answer
  }

  // MARK: Failures

  /// The first failure, after which the worker stands anywhere. Other workers can go on.
  var failure: GymnasiumError? { failed.withLock { $0 } }

  func note(_ failure: GymnasiumError) { failed.withLock { $0 = $0 ?? failure } }

  private func ended(_ end: WorkerEnd) -> GymnasiumError {
    let which =
      rows.count == 1
      ? "environment \(rows.lowerBound)"
      : "environments \(rows.lowerBound) to \(rows.upperBound - 1)"
    return GymnasiumError("Worker \(index) (\(which)) \(end).")
  }

  private func raised(_ answer: WorkerAnswer, in batch: GymnasiumBatch) -> GymnasiumError {
    let row = answer.row.flatMap { $0 < 0 ? nil : rows.lowerBound + $0 }
    let place =
      row.map { row in
        let step = answer.doing == "step" ? ", step \(batch.rows[row].elapsed + 1)" : ", in reset"
        return " (row \(row)\(step))"
      } ?? ""
    let what = answer.error ?? "an error"
    if answer.kind == "unsupported" { return GymnasiumError(what) }
    return GymnasiumError(
      "\(batch.environment.name)\(place) raised \(what)\(answer.source).",
      details: answer.traceback)
  }
}

/// Where the numbers of a slice lie in the memory, each array on cache lines of its own.
struct SliceLayout {
  private(set) var places: [String: Preparation.Place] = [:]
  private(set) var size = 0
  private(set) var actions = 0
  private(set) var observations = 0
  private(set) var finals = 0
  private(set) var rewards = 0
  private(set) var terminated = 0
  private(set) var truncated = 0
  private(set) var seeds = 0
  private(set) var marked = 0
  private(set) var masks = 0

  init(
    rows: Int, observations width: Int, isBytes: Bool, actions actionCount: Int,
    masks maskCount: Int
  ) {
    let element = isBytes ? ("uint8", 1) : ("float32", 4)
    actions = place("action_numbers", ("float32", 4), rows, actionCount)
    observations = place("observations", element, rows, width)
    finals = place("finals", element, rows, width)
    rewards = place("rewards", ("float64", 8), rows, 1)
    terminated = place("terminated", ("uint8", 1), rows, 1)
    truncated = place("truncated", ("uint8", 1), rows, 1)
    seeds = place("seeds", ("uint64", 8), rows, 1)
    marked = place("marked", ("uint8", 1), rows, 1)
    if maskCount > 0 { masks = place("masks", ("uint8", 1), rows, maskCount) }
  }

  private mutating func place(
    _ name: String, _ element: (name: String, size: Int), _ rows: Int, _ width: Int
  ) -> Int {
    let offset = size
    places[name] = Preparation.Place(offset: offset, element: element.name, width: width)
    size += (rows * width * element.size + 127) / 128 * 128
    return offset
  }
}
