/// Memory that is handed out piece by piece and taken back all at once.
///
/// After a few rounds of the same work it holds enough, and nothing is allocated any more. Pieces
/// never move, so pointers to them stay valid until ``reset()``.
final class Arena {
  private var chunks: [Buffer] = []
  private var current = 0
  private var used = 0

  /// A piece of `count` floats that starts on a cache line; its content is whatever was there.
  func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = (max(count, 1) + 15) & ~15
    while current < chunks.count {
      if used + size <= chunks[current].count {
        let piece = chunks[current].pointer + used
        used += size
        return piece
      }
      current += 1
      used = 0
    }
    chunks.append(Buffer(count: max(size, 1 << 16)))
    used = size
    return chunks[current].pointer
  }

  /// Takes back all pieces.
  func reset() {
    current = 0
    used = 0
  }
}
