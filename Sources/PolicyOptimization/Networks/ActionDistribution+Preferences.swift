import EnvironmentKit
import TensorCore

extension ActionDistribution {
  /// For each row the probabilities of its choices, or the means and deviations of its numbers.
  var preferences: [Decision.Preferences] {
    switch self {
    case .categorical(let distribution):
      exp(distribution.logProbabilities).rows.map { .choices([$0]) }
    case .gaussian(let distribution):
      distribution.mean.rows.map { means in
        .normal(
          means: means, deviations: Array(exp(distribution.logStandardDeviation).numbers))
      }
    }
  }
}

extension Variable {
  fileprivate var numbers: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: memory, count: shape.count)
  }

  /// The numbers of a variable of two axes, row by row.
  fileprivate var rows: [[Float]] {
    let width = shape[1]
    return (0..<shape[0]).map { row in Array(numbers[row * width..<(row + 1) * width]) }
  }
}
