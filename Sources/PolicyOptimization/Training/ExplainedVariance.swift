import TensorCore

extension Rollout {
  /// How much of the variance of the returns the values explain: `1 − Var(R − V) / Var(R)`.
  ///
  /// 1 is all of it, 0 none, below 0 worse than a constant; `nil` if the returns do not vary.
  var explainedVariance: Double? {
    let count = Double(rowCount)
    var (sum, square, errorSum, errorSquare) = (0.0, 0.0, 0.0, 0.0)
    for row in 0..<rowCount {
      let target = Double(returns.pointer[row])
      let error = target - Double(values.pointer[row])
      sum += target
      square += target * target
      errorSum += error
      errorSquare += error * error
    }
    let variance = square / count - sum / count * (sum / count)
    let errorVariance = errorSquare / count - errorSum / count * (errorSum / count)
    return variance > 0 ? 1 - errorVariance / variance : nil
  }
}
