import CKernels

/// Shares out the lanes of a minibatch among ranks, and adds up their gradients in the tree of
/// ``PairwiseSum``, so that the sum has the bits of a process that is alone.
///
/// Where the number of ranks is a power of two, each has an aligned run of lanes whose length is one,
/// too, which is a whole branch of the tree; ranks exchange the sums of their branches by recursive
/// doubling, log₂ R messages of P numbers. Other numbers of ranks gather the gradients of all L lanes,
/// L · P numbers, and each rank adds them up. A minibatch with fewer lanes than ranks is not shared.
final class LaneExchange {
  private let ranks: any RankGroup
  /// What the other rank has sent.
  private var received = Buffer(count: 0)
  /// The gradients of all lanes, side by side, where the number of ranks is no power of two.
  private var lanes = Buffer(count: 0)
  private var packed: [UInt8] = []
  private var gathered: [UInt8] = []

  init(_ ranks: any RankGroup) { self.ranks = ranks }

  /// Whether there is a lane for each rank.
  func shares(_ lanes: Int) -> Bool { lanes >= ranks.count }

  /// Whether each rank has a whole branch of the tree.
  private func ownsBranches(of count: Int) -> Bool {
    ranks.count & (ranks.count - 1) == 0 && (ranks.count - 1) * branchLength(of: count) < count
  }

  /// The lanes of this rank.
  func own(of count: Int) -> Range<Int> { own(of: count, for: ranks.rank) }

  private func own(of count: Int, for rank: Int) -> Range<Int> {
    guard ownsBranches(of: count) else { return ranks.share(of: count, for: rank) }
    let length = branchLength(of: count)
    return rank * length..<min((rank + 1) * length, count)
  }

  /// The least power of two of which R are enough for all lanes.
  private func branchLength(of count: Int) -> Int {
    var length = 1
    while length * ranks.count < count { length *= 2 }
    return length
  }

  // MARK: Gradients

  /// Where the lanes of this rank are computed: their own sum of neighbours is taken if they are a
  /// branch.
  ///
  /// - Parameters:
  ///   - gradient: Where the sum will be.
  ///   - others: Memory for all lanes but one.
  ///   - width: P.
  ///   - count: The number of lanes.
  /// - Returns: The memory of the lanes of this rank, and whether those are to be added up.
  func memory(
    _ gradient: UnsafeMutablePointer<Float>, _ others: UnsafeMutablePointer<Float>, width: Int,
    lanes count: Int
  ) -> (vectors: PairwiseSum.Vectors, isBranch: Bool) {
    if ownsBranches(of: count) {
      return (PairwiseSum.Vectors(first: gradient, others: others, width: width), true)
    }
    if lanes.count < count * width { lanes = Buffer(count: count * width) }
    let first = lanes.pointer + own(of: count).lowerBound * width
    return (PairwiseSum.Vectors(first: first, others: first + width, width: width), false)
  }

  /// Adds up what the ranks have computed.
  ///
  /// - Parameters:
  ///   - gradient: The sum of the branch of this rank; receives the sum of all lanes.
  ///   - others: Memory for all lanes but one.
  ///   - width: P.
  ///   - count: The number of lanes.
  ///   - sum: Adds up vectors.
  func addUp(
    _ gradient: UnsafeMutablePointer<Float>, _ others: UnsafeMutablePointer<Float>, width: Int,
    lanes count: Int, _ sum: PairwiseSum
  ) {
    if ownsBranches(of: count) {
      addBranches(gradient, width: width)
    } else {
      gatherLanes(width: width, lanes: count)
      gradient.update(from: lanes.pointer, count: width)
      others.update(from: lanes.pointer + width, count: (count - 1) * width)
      let vectors = PairwiseSum.Vectors(first: gradient, others: others, width: width)
      for lane in 0..<count { sum.finish(lane, of: count, in: vectors) }
    }
  }

  private func addBranches(_ gradient: UnsafeMutablePointer<Float>, width: Int) {
    if received.count < width { received = Buffer(count: width) }
    let size = width * MemoryLayout<Float>.size
    var distance = 1
    while distance < ranks.count {
      ranks.exchange(
        UnsafeRawBufferPointer(start: gradient, count: size), with: ranks.rank ^ distance,
        into: UnsafeMutableRawBufferPointer(start: received.pointer, count: size))
      // Both ranks get the same bits: addition commutes.
      ck_run_add_scaled(gradient, received.pointer, 1, width)
      distance *= 2
    }
  }

  private func gatherLanes(width: Int, lanes count: Int) {
    let size = width * MemoryLayout<Float>.size
    let own = own(of: count)
    packed.withUnsafeMutableBytes(atLeast: own.count * size) { packed in
      packed.copyMemory(
        from: UnsafeRawBufferPointer(
          start: lanes.pointer + own.lowerBound * width, count: own.count * size))
      ranks.gather(
        UnsafeRawBufferPointer(packed),
        counts: (0..<ranks.count).map { self.own(of: count, for: $0).count * size },
        into: UnsafeMutableRawBufferPointer(start: lanes.pointer, count: count * size))
    }
  }

  // MARK: What blocks have measured

  /// Numbers of which each block, or each row, has some, one behind the other.
  struct Results {
    let start: UnsafeMutableRawPointer
    /// How many bytes lie before those of a block; for the number of blocks, how many there are.
    let offset: (_ block: Int) -> Int
  }

  /// Brings what the ranks have measured at the blocks of their lanes to all ranks, in one message.
  func gather(_ results: [Results], of blocks: Blocks) {
    let parts = (0..<ranks.count).map { rank in
      let lanes = own(of: blocks.lanes, for: rank)
      let first = blocks.inLane(lanes.lowerBound).lowerBound
      let end = blocks.inLane(lanes.upperBound - 1).upperBound
      return results.map { $0.offset(first)..<$0.offset(end) }
    }
    let counts = parts.map { $0.reduce(0) { $0 + $1.count } }
    packed.withUnsafeMutableBytes(atLeast: counts[ranks.rank]) { packed in
      gathered.withUnsafeMutableBytes(atLeast: counts.reduce(0, +)) { gathered in
        var end = 0
        for (result, range) in zip(results, parts[ranks.rank]) {
          UnsafeMutableRawBufferPointer(rebasing: packed[end..<end + range.count]).copyMemory(
            from: UnsafeRawBufferPointer(
              start: result.start + range.lowerBound, count: range.count))
          end += range.count
        }
        ranks.gather(UnsafeRawBufferPointer(packed), counts: counts, into: gathered)
        end = 0
        for ranges in parts {
          for (result, range) in zip(results, ranges) {
            UnsafeMutableRawBufferPointer(
              start: result.start + range.lowerBound, count: range.count
            ).copyMemory(from: UnsafeRawBufferPointer(rebasing: gathered[end..<end + range.count]))
            end += range.count
          }
        }
      }
    }
  }
}

extension [UInt8] {
  /// The first bytes of an array that only grows.
  fileprivate mutating func withUnsafeMutableBytes(
    atLeast size: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    if count < size { self = Array(repeating: 0, count: size) }
    withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[..<size])) }
  }
}
