/// Distinguishes a typical ratio from an outlier, for balancers that carry the ratio of one minibatch on.
///
/// A ratio that divides by what one minibatch measured can be wrong by any factor: a gradient of
/// 1e-12 where the others have 1. In an average, or held for the next thousand minibatches, it would
/// decide all of them. A ratio of more than ``limit`` times the median of the last ``count``, itself
/// among them, is therefore taken for an accident, and the median counts in its place. A change that
/// stays is followed as soon as most of the last ratios have it.
///
/// The median of an even count is the lower one, so that two ratios are enough to tell that one of
/// them is too large.
struct TypicalRatios: Sendable, Codable, Hashable {
  /// How many ratios are remembered for each term.
  static let count = 9

  /// How many times the median a ratio may be, above 1.
  let limit: Double

  private var recent: [[Double]]
  private var accidents: [Bool]

  init(count: Int, limit: Double = 10) {
    self.limit = limit
    recent = Array(repeating: [], count: count)
    accidents = Array(repeating: false, count: count)
  }

  /// Remembers `ratio`, at least 0, as the last one of the term at `index`.
  ///
  /// - Returns: The ratio, or the median where it is an accident.
  mutating func typical(_ ratio: Double, at index: Int) -> Double {
    recent[index].append(ratio)
    if recent[index].count > Self.count { recent[index].removeFirst() }
    let median = median(at: index)
    accidents[index] = ratio > limit * median
    return accidents[index] ? median : ratio
  }

  /// Takes back what an accident among the first few ratios did to their `average`: the first ratio
  /// has nothing that it could be compared with.
  ///
  /// - Parameters:
  ///   - average: The running average of the ratios of the term at `index`.
  ///   - start: What the average began with.
  ///   - index: Where the term is.
  /// - Returns: The average, or the median where an accident decides it.
  mutating func withoutFirstAccident(
    _ average: Double, startingAt start: Double, at index: Int
  ) -> Double {
    let median = median(at: index)
    guard recent[index].count < Self.count && average > limit * max(median, start) else {
      return average
    }
    accidents[index] = true
    return median
  }

  /// Whether the last ratio of the term at `index` was an accident, or undid one.
  func isAccident(at index: Int) -> Bool { accidents[index] }

  private func median(at index: Int) -> Double {
    let sorted = recent[index].sorted()
    return sorted.isEmpty ? 1 : sorted[(sorted.count - 1) / 2]
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require(limit > 1 && limit.isFinite, "limit", limit, toBe: "above 1")
    try balancer.requireState(recent.map { Double($0.count) }, "recent ratios")
    try balancer.requireState(accidents.map { $0 ? 1 : 0 }, "accidents")
    for ratios in recent where !ratios.allSatisfy({ $0 >= 0 && $0.isFinite }) {
      throw .badState(
        balancer: type(of: balancer).name, reason: "its recent ratios are not all finite")
    }
    for ratios in recent where ratios.count > Self.count {
      throw .badState(
        balancer: type(of: balancer).name,
        reason: "it has \(ratios.count) recent ratios of a term where \(Self.count) are kept")
    }
  }
}
