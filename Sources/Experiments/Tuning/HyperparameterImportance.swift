import RandomStreams

/// How much of the variance of the scores each hyperparameter explains by itself, with an interval.
///
/// A one-way analysis of variance over bins of the coordinate: ε² = 1 − (1 − η²)(n − 1)/(n − k) for n scores in
/// k bins, which is 0 on the average where the hyperparameter has no effect, and not below 0 here. Scores
/// count by their ranks, since those of failed policies are far away. Interactions are not seen.
///
/// Source: Kelley, *An Unbiased Correlation Ratio Measure*, Proceedings of the National Academy of Sciences
/// 21 (1935), <https://doi.org/10.1073/pnas.21.9.554>.
public struct HyperparameterImportance: Sendable, Hashable {
  /// The name of the hyperparameter.
  public let name: String
  /// ε², from 0 to 1.
  public let share: Double
  /// Its 95 % interval by the percentile bootstrap over candidates.
  public let interval: ClosedRange<Double>

  /// From how many candidates on it is more than noise.
  public static let fewestCandidates = 100

  /// The importance of each dimension of a space.
  ///
  /// - Parameters:
  ///   - space: The space.
  ///   - points: The candidates' coordinates.
  ///   - scores: Their scores.
  ///   - seed: The seed of the bootstrap.
  /// - Returns: `nil` with less than ``fewestCandidates``.
  static func all(
    in space: SearchSpace, points: [[Double]], scores: [Double], seed: UInt64 = 0
  ) -> [HyperparameterImportance]? {
    guard points.count >= fewestCandidates else { return nil }
    let ranks = Self.ranks(of: scores)
    var draws = RandomStream(seed: seed, purpose: .other, index: 7)
    let resamples = (0..<400).map { _ in
      points.indices.map { _ in draws.integer(below: points.count) }
    }
    return space.dimensions.enumerated().map { place, dimension in
      let binCount = min(dimension.choiceCount ?? 5, 8)
      let bins = points.map { min(Int($0[place] * Double(binCount)), binCount - 1) }
      func share(_ members: [Int]) -> Double {
        Self.share(bins: members.map { bins[$0] }, ranks: members.map { ranks[$0] }, binCount)
      }
      let values = resamples.map(share).sorted()
      return HyperparameterImportance(
        name: dimension.name, share: share(Array(points.indices)),
        interval: Statistics.quantile(0.025, of: values)...Statistics.quantile(0.975, of: values))
    }
  }

  /// Mean ranks, so that equal scores have equal ones.
  private static func ranks(of scores: [Double]) -> [Double] {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var ranks = [Double](repeating: 0, count: scores.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      for index in order[start..<end] { ranks[index] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }

  private static func share(bins: [Int], ranks: [Double], _ binCount: Int) -> Double {
    var (sums, counts) = (
      [Double](repeating: 0, count: binCount), [Double](repeating: 0, count: binCount)
    )
    for (bin, rank) in zip(bins, ranks) {
      sums[bin] += rank
      counts[bin] += 1
    }
    let mean = Statistics.mean(ranks)
    let total = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let used = counts.count { $0 > 0 }
    guard total > 0, ranks.count > used else { return 0 }
    let between = zip(sums, counts).reduce(0) { sum, bin in
      bin.1 > 0 ? sum + bin.1 * (bin.0 / bin.1 - mean) * (bin.0 / bin.1 - mean) : sum
    }
    let count = Double(ranks.count)
    return max(0, 1 - (1 - between / total) * (count - 1) / (count - Double(used)))
  }
}
