import RandomStreams

/// What is known of the running episode of a copy.
struct EpisodeRow: Sendable {
  /// More numbers than an episode that is worth playing again takes.
  static let mostRecorded = 1 << 21

  /// Where the seeds of its episodes come from.
  var stream: RandomStream
  /// The seed of the running episode.
  var seed: UInt64 = 0
  /// The seed of the episode that follows.
  var nextSeed: UInt64
  /// The number of steps of the running episode.
  var elapsed = 0
  /// The sum of the rewards of the running episode.
  var earned = 0.0
  /// The actions of the running episode, `[elapsed, A]`, as far as they are recorded.
  var actions: [Float] = []

  init(_ stream: RandomStream) {
    self.stream = stream
    nextSeed = Self.seed(from: &self.stream)
  }

  /// Begins the next episode.
  mutating func begin() {
    seed = nextSeed
    nextSeed = Self.seed(from: &stream)
    elapsed = 0
    earned = 0
    actions.removeAll(keepingCapacity: true)
  }

  mutating func record(_ action: UnsafeBufferPointer<Float>) {
    if actions.count < Self.mostRecorded { actions.append(contentsOf: action) }
  }

  /// A seed that every generator of random numbers takes: positive, in 31 bits.
  private static func seed(from stream: inout RandomStream) -> UInt64 { stream.next() >> 33 }
}
