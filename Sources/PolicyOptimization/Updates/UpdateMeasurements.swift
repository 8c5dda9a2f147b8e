import LossBalancing
import NeuralNetworks
import TensorCore

/// What is measured at one minibatch, besides the losses.
struct MinibatchMeasurement {
  /// The divergence of the new policy from the old, `mean((ρ − 1) − log ρ)`.
  ///
  /// This estimate, known as k3, is unbiased and never negative.
  ///
  /// Source: Schulman, *Approximating KL Divergence*, 2020, <http://joschu.net/blog/kl-approx.html>.
  let divergence: Double
  /// The part of the rows whose ratio is outside of the clip range.
  let clipFraction: Double
  /// The norm of the gradient of all parameters before clipping.
  let gradientNorm: Double
}

/// Means over the minibatches of an update.
struct UpdateMeans {
  private(set) var count = 0
  private(set) var values: [Double]
  private(set) var weights: [Double]
  private(set) var balance: BalanceAverages
  private(set) var divergence = 0.0
  private(set) var clipFraction = 0.0
  private(set) var gradientNorm = 0.0

  init(after report: BalanceReport) {
    values = Array(repeating: 0, count: report.names.count)
    weights = values
    balance = BalanceAverages(after: report)
  }

  /// The mean of a loss of PPO, NaN if it is none of the terms.
  func value(of loss: PolicyLoss) -> Double {
    balance.names.firstIndex(of: loss.rawValue).map { values[$0] } ?? .nan
  }

  /// Takes a minibatch into the means.
  mutating func add(
    _ measured: MinibatchMeasurement, values: [Double], weights: [Double], report: BalanceReport
  ) {
    count += 1
    balance.add(report)
    let part = 1 / Double(count)
    divergence += (measured.divergence - divergence) * part
    clipFraction += (measured.clipFraction - clipFraction) * part
    gradientNorm += (measured.gradientNorm - gradientNorm) * part
    for term in values.indices {
      self.values[term] += (values[term] - self.values[term]) * part
      self.weights[term] += (weights[term] - self.weights[term]) * part
    }
  }
}

extension Minibatch {
  /// Notes the divergence of each row, and whether its ratio is outside of the clip range.
  func measure(_ ratio: ProbabilityRatio, _ rows: Range<Int>, clipRange: Float) {
    let (ratios, logarithms) = (ratio.ratio.memory, ratio.logarithm.memory)
    for (index, row) in rows.enumerated() {
      divergences.pointer[row] = (ratios[index] - 1) - logarithms[index]
      clipped.pointer[row] = abs(ratios[index] - 1) > clipRange ? 1 : 0
    }
  }
}

/// The mean of the first `count` numbers of a vector.
func mean(of vector: Buffer, count: Int) -> Double {
  Sums.sum(vector.pointer, count: count) / Double(count)
}
