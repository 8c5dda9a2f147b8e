import CKernels
import RandomStreams
import TensorCore

/// Independent normal distributions of A numbers in each row, with the same deviations in all rows.
///
/// The action that is drawn, stored and learnt from is the unbounded one; what an environment gets
/// is clipped to its bounds at its boundary.
public struct DiagonalGaussian {
  /// The means, `[rows, A]`.
  public let mean: Variable
  /// The logarithms of the deviations, log σ, `[A]`.
  public let logStandardDeviation: Variable

  /// Makes the distributions.
  ///
  /// - Precondition: There is one deviation for each column of the means.
  public init(mean: Variable, logStandardDeviation: Variable) {
    precondition(
      mean.shape.rank == 2 && logStandardDeviation.shape.count == mean.shape[1],
      """
      Means of shape \(mean.shape) and deviations of shape \(logStandardDeviation.shape) do not \
      belong together.
      """)
    self.mean = mean
    self.logStandardDeviation = logStandardDeviation
  }

  private static let logOfTwoPi: Float = 1.837_877_066

  /// `−½ Σ ((a − μ) / σ)² − Σ log σ − ½ A log 2π`.
  func logProbability(of actions: Variable) -> Variable {
    let count = Float(mean.shape[1])
    let deviations = (actions - mean) * exp(-logStandardDeviation)
    return sum(square(deviations), axis: -1) * -0.5 - sum(logStandardDeviation)
      - 0.5 * count * Self.logOfTwoPi
  }

  /// `H = Σ log σ + ½ A (1 + log 2π)`, the same in all rows.
  func entropy() -> Variable {
    let count = Float(mean.shape[1])
    let entropy = sum(logStandardDeviation) + 0.5 * count * (1 + Self.logOfTwoPi)
    return repeated(entropy, rows: mean.shape[0])
  }

  func writeMode(to actions: UnsafeMutablePointer<Float>) {
    actions.update(from: mean.memory, count: mean.shape.count)
  }

  func sample(to actions: UnsafeMutablePointer<Float>, stream: (Int) -> RandomStream) {
    let (rows, count) = (mean.shape[0], mean.shape[1])
    let deviation = exp(logStandardDeviation).memory
    for row in 0..<rows {
      var stream = stream(row)
      for component in 0..<count {
        let at = row * count + component
        actions[at] = mean.memory[at] + deviation[component] * Float(stream.normal())
      }
    }
  }
}
