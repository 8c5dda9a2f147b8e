// A minibatch that several ranks share: each computes some of its lanes.

extension CompositeLoss {
  /// How the lanes of the present minibatch are shared; `nil` where this rank computes all of them.
  var sharing: LaneExchange? {
    guard let exchange, exchange.shares(blocks.lanes) else { return nil }
    return exchange
  }

  /// The lanes that this rank computes.
  var ownLanes: Range<Int> { sharing?.own(of: blocks.lanes) ?? 0..<blocks.lanes }

  /// The first block that this rank computes.
  var firstBlock: Int { blocks.inLane(ownLanes.lowerBound).lowerBound }

  /// Brings what was measured in a pass to all ranks.
  ///
  /// - Parameter sums: The sums of the terms and of their absolute values, `[blocks, K, 2]`.
  func shareResults(_ sums: UnsafeMutableBufferPointer<Double>) {
    guard let sharing, let sums = sums.baseAddress else { return }
    let (blocks, termCount) = (blocks, termCount)
    var results = [
      LaneExchange.Results(start: UnsafeMutableRawPointer(sums)) {
        $0 * termCount * 2 * MemoryLayout<Double>.size
      }
    ]
    results += rowResults.map { buffer in
      LaneExchange.Results(start: UnsafeMutableRawPointer(buffer.pointer)) { block in
        min(block * blocks.rowsPerBlock, blocks.rowCount) * MemoryLayout<Float>.size
      }
    }
    if holdsForwardPass && holdsFeatureSums { results.append(featureResults) }
    sharing.gather(results, of: blocks)
  }

  /// The gradients at the features, `[blocks, K, featureWidth]`.
  var featureResults: LaneExchange.Results {
    let size = termCount * featureWidth * MemoryLayout<Float>.size
    return LaneExchange.Results(start: UnsafeMutableRawPointer(featureSums.pointer)) { $0 * size }
  }

  /// Computes the gradients of the lanes of this rank, and adds up those of all ranks.
  func shareLanes(
    into gradient: UnsafeMutablePointer<Float>, _ exchange: LaneExchange,
    _ body: (_ lane: Int, _ worker: Int, _ sum: UnsafeMutablePointer<Float>) -> Void
  ) {
    let (own, laneSum) = (ownLanes, laneSum)
    let (memory, isBranch) = exchange.memory(
      gradient, otherLanes.pointer, width: parameterCount, lanes: blocks.lanes)
    nonisolated(unsafe) let vectors = memory
    pool.runUnchecked(own.count) { lane, worker in
      vectors[lane].update(repeating: 0, count: vectors.width)
      body(own.lowerBound + lane, worker, vectors[lane])
      if isBranch { laneSum.finish(lane, of: own.count, in: vectors) }
    }
    exchange.addUp(
      gradient, otherLanes.pointer, width: parameterCount, lanes: blocks.lanes, laneSum)
  }
}
