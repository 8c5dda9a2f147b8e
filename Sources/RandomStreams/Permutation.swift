extension RandomStream {
  /// Puts the numbers `0..<indices.count` in a random order, each order equally likely.
  ///
  /// - Complexity: O(n), no allocation.
  public mutating func permute(_ indices: inout [Int32]) {
    indices.withUnsafeMutableBufferPointer { indices in
      for index in indices.indices { indices[index] = Int32(truncatingIfNeeded: index) }
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { words in
        var last = indices.count - 1
        while last > 0 {
          let some = UnsafeMutableBufferPointer(rebasing: words[..<min(words.count, last)])
          fill(some)
          for word in some {
            indices.swapAt(last, Self.place(word, below: last + 1))
            last -= 1
          }
        }
      }
    }
  }
}
