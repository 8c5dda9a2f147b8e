extension RandomStream {
  /// Puts the numbers `0..<indices.count` in a random order, each order equally likely.
  ///
  /// - Complexity: O(n), no allocation.
  public mutating func permute(_ indices: inout [Int32]) {
    for index in indices.indices { indices[index] = Int32(truncatingIfNeeded: index) }
    var last = indices.count - 1
    while last > 0 {
      indices.swapAt(last, integer(below: last + 1))
      last -= 1
    }
  }
}
