extension SymmetricMatrix {
  /// The positive vector for which `A x = p / x^s`, entry by entry, for a positive semidefinite
  /// matrix with a diagonal of ones, positive `p` and a power `s` above 0.
  ///
  /// It is where a strictly convex function is smallest,
  ///
  ///     ½ xᵀ A x − Σ pᵢ (log xᵢ, or xᵢ^(1−s) / (1 − s))
  ///
  /// which Newton's method finds from anywhere: far away with steps that end before an entry becomes
  /// negative, near by with full ones. On thousands of random problems that needed no search along
  /// the step. Vectors that cancel each other have no solution; theirs is large instead.
  func balancedPoint(targets: [Double], power exponent: Double) -> [Double] {
    let ridged = SymmetricMatrix(count: count) { self[$0, $1] + ($0 == $1 ? 1e-14 : 0) }
    var point = targets.map { power($0, 1 / (1 + exponent)) }
    for _ in 0..<200 {
      let step = ridged.newtonStep(at: point, targets: targets, power: exponent)
      let change = zip(step, point).reduce(0) { max($0, abs($1.0) / $1.1) }
      let limit = zip(step, point).reduce(1) { $1.0 > 0 ? min($0, 0.95 * $1.1 / $1.0) : $0 }
      // Where no entry changes by more than a tenth, the curvature is nearly constant.
      let fraction = change < 0.1 ? 1 : limit
      point = zip(point, step).map { $0 - fraction * $1 }
      if change <= 1e-9 { break }
    }
    return point
  }

  /// The slope of the function divided by its curvature.
  private func newtonStep(
    at point: [Double], targets: [Double], power exponent: Double
  ) -> [Double] {
    let pulls = zip(targets, point).map { $0 * power($1, -exponent) }
    let slope = zip(times(point), pulls).map { $0 - $1 }
    let curvature = SymmetricMatrix(count: count) { row, column in
      self[row, column] + (row == column ? exponent * pulls[row] / point[row] : 0)
    }
    return curvature.scaledSolve(slope)
  }

  /// Solves `A x = b` after scaling the diagonal to 1.
  private func scaledSolve(_ right: [Double]) -> [Double] {
    let factors = diagonal.map { 1 / $0.squareRoot() }
    let scaledRight = zip(right, factors).map { $0 * $1 }
    return zip(scaled(by: factors).solve(scaledRight), factors).map { $0 * $1 }
  }
}
