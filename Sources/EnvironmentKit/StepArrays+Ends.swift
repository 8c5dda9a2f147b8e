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
    private let terminated: UnsafeRawBufferPointer
    private let truncated: UnsafeRawBufferPointer
    private var row = 0

    init(_ arrays: StepArrays) {
      terminated = UnsafeRawBufferPointer(arrays.terminated)
      truncated = UnsafeRawBufferPointer(arrays.truncated)
    }

    /// The next row, or `nil` after the last.
    public mutating func next() -> Int? {
      while row < terminated.count {
        if row % 8 == 0, row + 8 <= terminated.count, noneOfEight {
          row += 8
          continue
        }
        row += 1
        if terminated[row - 1] | truncated[row - 1] != 0 { return row - 1 }
      }
      return nil
    }

    private var noneOfEight: Bool {
      terminated.loadUnaligned(fromByteOffset: row, as: UInt64.self)
        | truncated.loadUnaligned(fromByteOffset: row, as: UInt64.self) == 0
    }
  }
}
