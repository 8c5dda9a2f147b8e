/// How normalised terms are put together into one loss.
public enum TermCombination: String, Sendable, Codable, CaseIterable {
  /// Added, each times its priority.
  case sum
  /// The sum divided by the number of terms that take part. With gradient descent that is the sum
  /// at a smaller learning rate; with Adam it is nearly the same as the sum.
  case mean
  /// Added, each times its part of all priorities, so that the total stays near 1.
  case share

  /// The common factor of all weights.
  func factor(for terms: [LossTerm]) -> Double {
    switch self {
    case .sum: 1
    case .mean: 1 / terms.reduce(0) { $0 + ($1.takesPart ? 1 : 0) }
    case .share: 1 / terms.reduce(0) { $0 + $1.priority }
    }
  }
}
