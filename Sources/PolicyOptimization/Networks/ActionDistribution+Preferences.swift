import EnvironmentKit
import TensorCore

extension ActionDistribution {
  /// For each row the probabilities of its choices, or the means and deviations of its numbers.
  ///
  /// Of numbers that are squashed it is those before, which are not in the action's units: `unknown`.
  var preferences: [Decision.Preferences] {
    switch self {
    case .categorical(let distribution):
      exp(distribution.logProbabilities).rows.map { .choices([$0]) }
    case .multiCategorical(let distribution):
      exp(distribution.logProbabilities).rows.map { .choices(distribution.components(of: $0)) }
    case .gaussian(let distribution):
      distribution.preferences
    case .squashed(let distribution):
      Array(repeating: .unknown, count: distribution.gaussian.mean.shape[0])
    }
  }
}

extension MultiCategorical {
  /// A row of numbers, one for each choice, component by component.
  fileprivate func components(of row: [Float]) -> [[Float]] {
    var left = row[...]
    return counts.map { count in
      defer { left = left.dropFirst(count) }
      return Array(left.prefix(count))
    }
  }
}

extension DiagonalGaussian {
  fileprivate var preferences: [Decision.Preferences] {
    let deviations = exp(logStandardDeviation)
    let isSameInAllRows = deviations.shape.rank == 1
    return mean.rows.enumerated().map { row, means in
      .normal(
        means: means,
        deviations: isSameInAllRows ? Array(deviations.numbers) : deviations.rows[row])
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
