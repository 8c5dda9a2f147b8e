/// How the rows of a minibatch are cut: a function of their number alone.
struct Blocks {
  let rowCount: Int
  let rowsPerBlock: Int
  let count: Int

  init(rows: Int, rowsPerBlock: Int) {
    rowCount = rows
    self.rowsPerBlock = rowsPerBlock
    count = (rows + rowsPerBlock - 1) / rowsPerBlock
  }

  /// The number of gradient vectors, each of which collects a run of blocks.
  var lanes: Int { min(count, PairwiseSum.capacity) }

  func inLane(_ lane: Int) -> Range<Int> { lane * count / lanes..<(lane + 1) * count / lanes }

  func rows(of block: Int) -> Range<Int> {
    let start = block * rowsPerBlock
    return start..<min(start + rowsPerBlock, rowCount)
  }
}
