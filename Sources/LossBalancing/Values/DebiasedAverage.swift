/// Averages for each term, in which a value counts `β` times as much as the one after it.
///
///     average = Σ β^(t−k) xₖ / Σ β^(t−k)
///
/// The first value is its own average: unlike a running average that starts at 0, there is no bias
/// to be waited out.
struct DebiasedAverage: Sendable, Codable, Hashable {
  /// How much less the past counts with each new value, `β`, in `0..<1`.
  let decay: Double

  private var sums: [Double]
  private var counts: [Double]

  init(count: Int, decay: Double) {
    self.decay = decay
    sums = Array(repeating: 0, count: count)
    counts = sums
  }

  /// The average for the term at `index`, 0 before the first value.
  subscript(index: Int) -> Double {
    counts[index] == 0 ? 0 : sums[index] / counts[index]
  }

  /// Whether no value was added for the term at `index`.
  func isEmpty(at index: Int) -> Bool { counts[index] == 0 }

  /// What the values of the term at `index` weigh together: their number as long as few were added.
  func mass(at index: Int) -> Double { counts[index] }

  /// Forgets all values of the term at `index`.
  mutating func restart(at index: Int) {
    sums[index] = 0
    counts[index] = 0
  }

  mutating func add(_ value: Double, at index: Int) {
    sums[index] = decay * sums[index] + value
    counts[index] = decay * counts[index] + 1
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require((0..<1).contains(decay), "decay", decay, toBe: "in 0..<1")
    try balancer.requireState(sums, "sums")
    try balancer.requireState(counts, "counts")
  }
}
