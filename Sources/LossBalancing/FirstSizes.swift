/// The sizes of the terms on the first minibatch, which later ones are compared with.
///
/// One measurement can be wrong by any factor, and as the first one it would decide a whole run.
/// Within the first ``trialCount`` minibatches it is therefore replaced where the last two sizes both
/// are more than ten times as large, or less than 1e-5 of it, by the one of the two that is nearer.
struct FirstSizes: Sendable, Codable, Hashable {
  /// For how many minibatches a first size is on trial.
  static let trialCount = 10

  /// How often the size may have grown.
  static let growthLimit = 10.0

  private var previous: [Double]
  private var counts: [Int]

  /// Begins a trial of `count` terms, or one that is over.
  init(count: Int, isOver: Bool = false) {
    previous = Array(repeating: 0, count: count)
    counts = Array(repeating: isOver ? Self.trialCount : 0, count: count)
  }

  /// The first size of the term at `index`, after `size` was measured.
  ///
  /// - Parameters:
  ///   - first: The first size so far; 0 if there is none yet, because all sizes were 0.
  ///   - size: The size on this minibatch, at least 0.
  ///   - index: Where the term is.
  /// - Returns: The first size, or the one that replaces it.
  mutating func reconsidered(_ first: Double, after size: Double, at index: Int) -> Double {
    defer { previous[index] = size }
    if first == 0 { return size }
    if counts[index] >= Self.trialCount { return first }
    counts[index] += 1
    let (lower, upper) = (min(size, previous[index]), max(size, previous[index]))
    if lower > Self.growthLimit * first { return lower }
    return upper > 0 && upper < 1e-5 * first ? upper : first
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.requireState(previous, "last sizes")
    try balancer.requireState(counts.map(Double.init), "trial counts")
  }
}
