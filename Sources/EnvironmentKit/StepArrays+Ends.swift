extension StepArrays {
  /// The rows whose episode the last step ended, by itself or by the time limit, in order.
  ///
  ///     for row in arrays.endedRows { print(arrays.episodeReturns[row]) }
  ///
  /// - Complexity: Eight rows that go on are passed over at once, so that few ends among many rows
  ///   cost little.
  public var endedRows: EndedRows { EndedRows(self) }

  /// A sequence of rows whose episode ended.
  public struct EndedRows: Sequence, IteratorProtocol {
    private let endings: UnsafeRawBufferPointer
    /// The first of the eight rows that are looked at.
    private var first = -8
    /// For each of those that ended and was not reported yet, the lowest bit of its byte.
    private var pending: UInt64 = 0

    init(_ arrays: StepArrays) { endings = UnsafeRawBufferPointer(arrays.endings) }

    /// The next row, or `nil` after the last.
    public mutating func next() -> Int? {
      while pending == 0 {
        first += 8
        guard first < endings.count else { return nil }
        pending = ends()
      }
      let lane = pending.trailingZeroBitCount / 8
      pending &= pending &- 1
      return first + lane
    }

    /// Which of the eight rows, or of those that are left, ended.
    private func ends() -> UInt64 {
      guard first + 8 > endings.count else {
        let eight = UInt64(
          littleEndian: endings.loadUnaligned(fromByteOffset: first, as: UInt64.self))
        // 1 and 2 stand for an end.
        return (eight | eight &>> 1) & 0x0101_0101_0101_0101
      }
      return (first..<endings.count).reduce(0) { ends, row in
        ends | (endings[row] == Ending.none.rawValue ? 0 : 1) &<< UInt64(8 * (row - first))
      }
    }
  }
}
