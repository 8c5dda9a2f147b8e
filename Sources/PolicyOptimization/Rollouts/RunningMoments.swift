/// The mean and the variance of all numbers seen so far, one pair for each of `count` features.
///
/// Batches are merged in the parallel form, in double precision, so streaming gives what one pass
/// over everything would.
///
/// Source: Chan, Golub and LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing
/// Sample Variances*, 1979.
public struct RunningMoments: Sendable, Codable, Hashable {
  /// How many rows were seen.
  public private(set) var rows = 0.0
  /// The means, one for each feature.
  public private(set) var means: [Double]
  /// The sums of the squared distances from the mean.
  private var squares: [Double]

  /// Nothing seen yet.
  public init(count: Int) {
    means = Array(repeating: 0, count: count)
    squares = Array(repeating: 0, count: count)
  }

  /// The number of features.
  public var count: Int { means.count }

  /// Whether there are `count` features and nothing but numbers.
  func isUsable(for count: Int) -> Bool {
    means.count == count && squares.count == count && rows.isFinite && rows >= 0
      && means.allSatisfy(\.isFinite) && squares.allSatisfy { $0.isFinite && $0 >= 0 }
  }

  /// The variance of a feature, 1 as long as fewer than two rows were seen.
  public func variance(of feature: Int) -> Double { rows < 2 ? 1 : squares[feature] / rows }

  /// Adds rows of features, `[rows, count]`.
  public mutating func add(_ numbers: UnsafePointer<Float>, rows added: Int) {
    guard added > 0 else { return }
    let total = rows + Double(added)
    for feature in 0..<count {
      var sum = 0.0
      for row in 0..<added { sum += Double(numbers[row * count + feature]) }
      let mean = sum / Double(added)
      var square = 0.0
      for row in 0..<added {
        let distance = Double(numbers[row * count + feature]) - mean
        square += distance * distance
      }
      let shift = mean - means[feature]
      means[feature] += shift * Double(added) / total
      squares[feature] += square + shift * shift * rows * Double(added) / total
    }
    rows = total
  }
}
