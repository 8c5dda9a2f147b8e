import TensorCore

extension Rollout {
  /// How much of the variance of the returns the values explain: `1 − Var(R − V) / Var(R)`.
  ///
  /// 1 is all of it, 0 none, below 0 worse than a constant; `nil` if the returns do not vary.
  var explainedVariance: Double? {
    let count = Double(rowCount)
    var (mean, errorMean) = (0.0, 0.0)
    for row in 0..<rowCount {
      mean += Double(returns.pointer[row]) / count
      errorMean += Double(returns.pointer[row] - values.pointer[row]) / count
    }
    var (variance, errorVariance) = (0.0, 0.0)
    for row in 0..<rowCount {
      let distance = Double(returns.pointer[row]) - mean
      let errorDistance = Double(returns.pointer[row] - values.pointer[row]) - errorMean
      variance += distance * distance / count
      errorVariance += errorDistance * errorDistance / count
    }
    // Equal numbers have a variance of rounding errors.
    return variance > 1e-12 * mean * mean ? 1 - errorVariance / variance : nil
  }

  /// How large the values' errors are beside the returns, `√(mean (R − V)² / mean R²)`; `nil` if
  /// all returns are 0.
  ///
  /// Where the returns are nearly all the same, as those of a policy that always succeeds, the
  /// explained variance means little, and this shows whether the values are right.
  var relativeValueError: Double? {
    var (square, errorSquare) = (0.0, 0.0)
    for row in 0..<rowCount {
      let (value, target) = (Double(values.pointer[row]), Double(returns.pointer[row]))
      square += target * target
      errorSquare += (target - value) * (target - value)
    }
    return square > 0 ? (errorSquare / square).squareRoot() : nil
  }
}
