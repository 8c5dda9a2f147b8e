/// Memory that is handed out piece by piece and taken back all at once.
///
/// After a few rounds of the same work it holds enough, and nothing is allocated any more. Pieces
/// never move, so pointers to them stay valid until ``reset()``.
final class Arena {
  private var chunks: [Buffer] = []
  private var current = 0
  /// What is left of the present chunk.
  private var free = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)

  /// A piece of `count` floats that starts on a cache line; its content is whatever was there.
  func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    // Rounded up to whole cache lines, so that no two threads ever write to the same one.
    let size = (max(count, 1) + 15) & ~15
    while true {
      if let piece = free.baseAddress, size <= free.count {
        free = UnsafeMutableBufferPointer(start: piece + size, count: free.count - size)
        return piece
      }
      moveOn(for: size)
    }
  }

  /// Goes to the next chunk, which is made if there is none.
  private func moveOn(for size: Int) {
    if free.baseAddress != nil { current += 1 }
    if current == chunks.count { chunks.append(Buffer(count: max(size, 1 << 16))) }
    free = UnsafeMutableBufferPointer(start: chunks[current].pointer, count: chunks[current].count)
  }

  /// Takes back all pieces.
  func reset() {
    current = 0
    free = UnsafeMutableBufferPointer(start: nil, count: 0)
  }
}
