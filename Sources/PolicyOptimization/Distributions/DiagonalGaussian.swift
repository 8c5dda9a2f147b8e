import EnvironmentKit
import RandomStreams
import Requirements
import TensorCore

/// Independent normal distributions of A numbers in each row, with the same deviations in all rows
/// or with deviations of each row's own.
///
/// The action that is drawn, stored and learnt from is the unbounded one; what an environment gets
/// is clipped to its bounds at its boundary.
public struct DiagonalGaussian: ActionDistribution {
  /// The means, `[rows, A]`.
  public let mean: Variable
  /// The logarithms of the deviations, log σ, `[A]` or `[rows, A]`.
  public let logStandardDeviation: Variable
  /// What noise is made of that depends on the state; `nil` for noise that does not.
  public let exploration: StateDependentExploration?

  /// Makes the distributions.
  ///
  /// - Precondition: There is one deviation for each column of the means, or for each of the means.
  public init(
    mean: Variable, logStandardDeviation: Variable,
    exploration: StateDependentExploration? = nil
  ) {
    let deviations = logStandardDeviation.shape
    require(
      mean.shape.rank == 2
        && (deviations == mean.shape || deviations == Shape(mean.shape[1])),
      """
      Means of shape \(mean.shape) and deviations of shape \(deviations) do not belong together.
      """)
    self.mean = mean
    self.logStandardDeviation = logStandardDeviation
    self.exploration = exploration
  }

  /// `Gaussian`.
  public var kind: String { "Gaussian" }

  private static let logOfTwoPi: Float = 1.837_877_066

  private var isSameInAllRows: Bool { logStandardDeviation.shape.rank == 1 }

  /// Σ log σ, one number or `[rows]`.
  private var sumOfLogarithms: Variable {
    isSameInAllRows ? sum(logStandardDeviation) : sum(logStandardDeviation, axis: -1)
  }

  /// `−½ Σ ((a − μ) / σ)² − Σ log σ − ½ A log 2π`.
  public func logProbability(of actions: Variable) -> Variable {
    let count = Float(mean.shape[1])
    let deviations = (actions - mean) * exp(-logStandardDeviation)
    return sum(square(deviations), axis: -1) * -0.5 - sumOfLogarithms
      - 0.5 * count * Self.logOfTwoPi
  }

  /// `H = Σ log σ + ½ A (1 + log 2π)`.
  public func entropy() -> Variable {
    let count = Float(mean.shape[1])
    let entropy = sumOfLogarithms + 0.5 * count * (1 + Self.logOfTwoPi)
    return isSameInAllRows ? repeated(entropy, rows: mean.shape[0]) : entropy
  }

  /// Writes the means.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) {
    actions.update(from: mean.memory, count: mean.shape.count)
  }

  /// Draws from the rows' streams or, where noise is kept up for several steps and given, adds that.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream
  ) {
    if let exploration, let noise {
      return exploration.addNoise(noise, to: mean, writing: actions)
    }
    let (rows, count) = (mean.shape[0], mean.shape[1])
    let deviation = exp(logStandardDeviation).memory
    for row in 0..<rows {
      var stream = stream(row)
      let deviation = isSameInAllRows ? deviation : deviation + row * count
      for component in 0..<count {
        let at = row * count + component
        actions[at] = mean.memory[at] + deviation[component] * Float(stream.normal())
      }
    }
  }

  /// The means and deviations.
  public func preferences(rows: Int) -> [Decision.Preferences] {
    let deviations = exp(logStandardDeviation)
    let deviationRows =
      isSameInAllRows
      ? Array(
        repeating: reshape(deviations, Shape(1, deviations.shape.count)).rowArrays[0], count: rows)
      : deviations.rowArrays
    return zip(mean.rowArrays, deviationRows).map { .normal(means: $0, deviations: $1) }
  }

  /// Finds a mean or a deviation that is not finite.
  public func firstNotFinite() -> (row: Int, number: Float)? {
    mean.first { !$0.isFinite } ?? logStandardDeviation.first { !$0.isFinite }
  }

  /// Expects one mean for each component of a box.
  public func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {
    guard case .box(let box) = space else { throw mismatch(with: space) }
    try mean.check("PolicyOutput.policy, \(kind),", is: Shape(rows, box.count))
  }
}
