/// The processes that share one run, on one machine or several.
///
/// Each has a number, its rank. All do the same calls in the same order, from one thread. A call that
/// cannot reach the other ranks does not return: nothing of the run can go on, so the group ends the
/// process with a sentence, and the run goes on later from its last checkpoint.
///
/// A process without others is a ``SingleRank``.
public protocol RankGroup: Sendable {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// The number of processes, R.
  var count: Int { get }

  /// Brings bytes of all ranks to all ranks.
  ///
  /// - Parameters:
  ///   - own: The bytes of this rank.
  ///   - counts: How many bytes each rank has, the same list on all; that of this one is `own.count`.
  ///   - all: Receives the bytes of rank 0, then those of rank 1, and so on.
  func gather(
    _ own: UnsafeRawBufferPointer, counts: [Int], into all: UnsafeMutableRawBufferPointer)

  /// Exchanges bytes with one other rank, which makes the same call at the same time.
  ///
  /// - Parameters:
  ///   - own: The bytes of this rank.
  ///   - peer: The other rank.
  ///   - others: Receives the bytes of the other rank, as many as `own` has.
  func exchange(
    _ own: UnsafeRawBufferPointer, with peer: Int, into others: UnsafeMutableRawBufferPointer)

  /// Ends all processes of the group.
  ///
  /// - Parameters:
  ///   - status: The exit status.
  ///   - sentence: Why, for the user.
  func abort(_ status: Int32, _ sentence: String) -> Never
}

extension RankGroup {
  /// The share of this rank in `0..<total`: runs of nearly equal length, in the order of the ranks.
  public func share(of total: Int) -> Range<Int> { share(of: total, for: rank) }

  /// The share of a rank in `0..<total`.
  public func share(of total: Int, for rank: Int) -> Range<Int> {
    rank * total / count..<(rank + 1) * total / count
  }

  /// Brings bytes of which each rank has any number to all ranks.
  ///
  /// - Parameter bytes: Those of this rank.
  /// - Returns: Those of each rank.
  public func gather(_ bytes: [UInt8]) -> [[UInt8]] {
    if count == 1 { return [bytes] }
    var counts = [Int](repeating: 0, count: count)
    withUnsafeBytes(of: bytes.count) { own in
      counts.withUnsafeMutableBytes { all in
        gather(own, counts: Array(repeating: own.count, count: count), into: all)
      }
    }
    var all = [UInt8](repeating: 0, count: counts.reduce(0, +))
    bytes.withUnsafeBytes { own in
      all.withUnsafeMutableBytes { gather(own, counts: counts, into: $0) }
    }
    var end = 0
    return counts.map { count in
      end += count
      return Array(all[end - count..<end])
    }
  }
}

/// A process that is alone.
public struct SingleRank: RankGroup {
  /// A group of one.
  public init() {}

  /// 0.
  public var rank: Int { 0 }

  /// 1.
  public var count: Int { 1 }

  /// Copies the bytes.
  public func gather(
    _ own: UnsafeRawBufferPointer, counts: [Int], into all: UnsafeMutableRawBufferPointer
  ) {
    all.copyMemory(from: own)
  }

  /// Never called: there is no other rank.
  public func exchange(
    _ own: UnsafeRawBufferPointer, with peer: Int, into others: UnsafeMutableRawBufferPointer
  ) {
    abort(1, "There is no rank \(peer) beside rank 0.")
  }

  /// Ends the process.
  public func abort(_ status: Int32, _ sentence: String) -> Never { fatalError(sentence) }
}
