import Requirements

/// What reports about several minibatches say on the average.
///
/// Each mean is over the minibatches at which the number was measured, and `nan` without any.
public struct BalanceAverages: Sendable {
  /// The names of the terms, in the order of all arrays.
  public let names: [String]

  /// In how many minibatches the weight of each term was held back by a limit, shape `[K]`.
  public private(set) var clampCounts: [Int]

  /// In how many minibatches a number of each term was not finite, shape `[K]`.
  public private(set) var nonFiniteCounts: [Int]

  private let clampCountsBefore: [Int]
  private let nonFiniteCountsBefore: [Int]

  private var value: RunningMeans
  private var magnitude: RunningMeans
  private var weight: RunningMeans
  private var gradientNorm: RunningMeans
  private var share: RunningMeans
  private var projectionShare: RunningMeans
  private var cosine: RunningMeans

  /// Makes empty averages that begin after what `report` has seen.
  public init(after report: BalanceReport) {
    names = report.names
    clampCounts = Array(repeating: 0, count: names.count)
    nonFiniteCounts = clampCounts
    clampCountsBefore = report.clampCounts
    nonFiniteCountsBefore = report.nonFiniteCounts
    value = RunningMeans(count: names.count)
    magnitude = value
    weight = value
    gradientNorm = value
    share = value
    projectionShare = value
    cosine = RunningMeans(count: names.count * names.count)
  }

  /// Takes a minibatch into the means.
  ///
  /// - Precondition: The report is about the same terms.
  public mutating func add(_ report: BalanceReport) {
    require(
      report.names == names,
      "Averages about the terms \(names) were given a report about \(report.names).")
    value.add(report.values)
    magnitude.add(report.magnitudes)
    weight.add(report.weights)
    gradientNorm.add(report.gradientNorms)
    share.add(report.shares)
    projectionShare.add(report.projectionShares)
    cosine.add(report.cosines)
    for index in names.indices {
      clampCounts[index] = report.clampCounts[index] - clampCountsBefore[index]
      nonFiniteCounts[index] = report.nonFiniteCounts[index] - nonFiniteCountsBefore[index]
    }
  }

  /// The values of the terms, `L`, shape `[K]`.
  public var values: [Double] { value.means }
  /// The means of the absolute values of the rows' terms, shape `[K]`.
  public var magnitudes: [Double] { magnitude.means }
  /// The weights, `λ`, shape `[K]`.
  public var weights: [Double] { weight.means }
  /// The norms of the gradients before weighting, `n`, shape `[K]`.
  public var gradientNorms: [Double] { gradientNorm.means }
  /// How long each weighted gradient is as a part of all: ``BalanceReport/shares``, shape `[K]`.
  public var shares: [Double] { share.means }
  /// What each term contributes: ``BalanceReport/projectionShares``, shape `[K]`.
  public var projectionShares: [Double] { projectionShare.means }
  /// The cosines of the angles between gradients, shape `[K, K]`.
  public var cosines: [Double] { cosine.means }
}

/// Means that grow by one vector at a time; entries that are not finite are passed over.
private struct RunningMeans: Sendable {
  private(set) var means: [Double]
  private var counts: [Int]

  init(count: Int) {
    means = Array(repeating: .nan, count: count)
    counts = Array(repeating: 0, count: count)
  }

  mutating func add(_ numbers: [Double]) {
    for (index, number) in numbers.enumerated() where number.isFinite {
      counts[index] += 1
      let mean = counts[index] == 1 ? number : means[index]
      means[index] = mean + (number - mean) / Double(counts[index])
    }
  }
}
