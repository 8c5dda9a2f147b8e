import Foundation
import TensorCore

/// Ranks that are threads of this process.
public struct ThreadRanks: RankGroup {
  /// The number of this thread, from 0.
  public let rank: Int
  /// How many threads there are.
  public let count: Int
  private let meeting: Meeting

  /// Does something on several ranks at the same time.
  ///
  /// - Parameters:
  ///   - count: How many ranks.
  ///   - body: What each does.
  /// - Returns: What each rank gave or threw, in order.
  public static func run<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (ThreadRanks) throws -> Result
  ) -> [Swift.Result<Result, any Error>] {
    let meeting = Meeting(count)
    let ends = Ends<Result>(count)
    for rank in 0..<count {
      let thread = Thread {
        ends[rank] = Swift.Result {
          try body(ThreadRanks(rank: rank, count: count, meeting: meeting))
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    return ends.wait()
  }

  /// Gives every thread the bytes of all.
  public func gather(
    _ own: UnsafeRawBufferPointer, counts: [Int], into all: UnsafeMutableRawBufferPointer
  ) {
    let parts = meeting.gather(Array(own), of: rank)
    // Ranks that disagree on the sizes of a message would hang, or worse, with MPI.
    precondition(parts.map(\.count) == counts, "\(parts.map(\.count)) bytes, not \(counts)")
    all.copyBytes(from: parts.joined())
  }

  /// Gives two threads the bytes of each other.
  public func exchange(
    _ own: UnsafeRawBufferPointer, with peer: Int, into others: UnsafeMutableRawBufferPointer
  ) {
    let received = meeting.exchange(Array(own), from: rank, with: peer)
    precondition(received.count == others.count, "\(received.count) bytes, not \(others.count)")
    others.copyBytes(from: received)
  }

  /// Ends the tests.
  public func abort(_ status: Int32, _ sentence: String) -> Never { fatalError(sentence) }
}

/// Where the threads hand over their bytes.
private final class Meeting: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [[UInt8]]
  private var gathered: [[UInt8]] = []
  private var arrived = 0
  private var round = 0
  private var letters: [[Int]: [[UInt8]]] = [:]

  init(_ count: Int) { waiting = Array(repeating: [], count: count) }

  func gather(_ bytes: [UInt8], of rank: Int) -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    waiting[rank] = bytes
    arrived += 1
    if arrived == waiting.count {
      (gathered, arrived) = (waiting, 0)
      round += 1
      condition.broadcast()
      return gathered
    }
    let present = round
    wait { round == present }
    return gathered
  }

  func exchange(_ bytes: [UInt8], from rank: Int, with peer: Int) -> [UInt8] {
    condition.lock()
    defer { condition.unlock() }
    // One may be written before the one before it is read.
    letters[[rank, peer], default: []].append(bytes)
    condition.broadcast()
    wait { letters[[peer, rank], default: []].isEmpty }
    return letters[[peer, rank]]?.removeFirst() ?? []
  }

  /// A rank that never comes fails the tests instead of stopping them.
  private func wait(while isMissing: () -> Bool) {
    let end = Date(timeIntervalSinceNow: 120)
    while isMissing() {
      guard condition.wait(until: end) else { fatalError("A rank has waited for two minutes.") }
    }
  }
}

/// What the ranks ended with.
private final class Ends<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var results: [Result<Value, any Error>?]

  init(_ count: Int) { results = Array(repeating: nil, count: count) }

  subscript(rank: Int) -> Result<Value, any Error>? {
    get { condition.withLock { results[rank] } }
    set {
      condition.withLock {
        results[rank] = newValue
        condition.broadcast()
      }
    }
  }

  func wait() -> [Result<Value, any Error>] {
    condition.withLock {
      while results.contains(where: { $0 == nil }) { condition.wait() }
      return results.compactMap(\.self)
    }
  }
}
