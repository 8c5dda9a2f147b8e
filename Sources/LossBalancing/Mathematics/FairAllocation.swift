extension SymmetricMatrix {
  /// The positive vector for which `A x = p / x^s`, entry by entry, for a positive semidefinite
  /// matrix with a diagonal of ones, positive `p` and a power `s` above 0.
  ///
  /// It is where a strictly convex function is smallest,
  ///
  ///     ½ xᵀ A x − Σ pᵢ (log xᵢ, or xᵢ^(1−s) / (1 − s))
  ///
  /// which Newton's method finds from anywhere: far away with steps that end before an entry becomes
  /// negative or the function rises, near by with full ones.
  func balancedPoint(targets: [Double], power exponent: Double) -> [Double] {
    // Vectors that cancel each other have no solution; with this it is large instead.
    let matrix = SymmetricMatrix(count: count) { self[$0, $1] + ($0 == $1 ? 1e-14 : 0) }
    let problem = FairAllocation(matrix: matrix, targets: targets, exponent: exponent)
    var point = targets.map { power($0, 1 / (1 + exponent)) }
    for _ in 0..<500 {
      if problem.improve(&point) <= 1e-9 { break }
    }
    return point
  }
}

private struct FairAllocation {
  let matrix: SymmetricMatrix
  let targets: [Double]
  let exponent: Double

  /// Takes a step, and tells how far it wanted to go, relative to the entries.
  func improve(_ point: inout [Double]) -> Double {
    let step = newtonStep(at: point)
    let distance = zip(step, point).reduce(0) { max($0, abs($1.0) / $1.1) }
    let limit = zip(step, point).map { $0 > 0 ? $1 / $0 : .infinity }.min() ?? .infinity
    // Where no entry changes by more than a tenth, the curvature is nearly constant and a full step
    // is safe. Elsewhere the slope says whether a step went beyond the minimum on its way; the
    // function's value would not, where one of its summands hides another in rounding.
    var fraction = distance < 0.1 ? 1 : min(1, 0.95 * limit)
    while true {
      let candidate = zip(point, step).map { $0 - fraction * $1 }
      let slope = zip(slope(at: candidate), step).reduce(0) { $0 + $1.0 * $1.1 }
      if distance < 0.1 || slope >= 0 || fraction < 1e-9 {
        point = candidate
        return distance
      }
      fraction /= 2
    }
  }

  private func newtonStep(at point: [Double]) -> [Double] {
    let curvature = SymmetricMatrix(count: matrix.count) { row, column in
      let bend = exponent * targets[row] * power(point[row], -exponent - 1)
      return matrix[row, column] + (row == column ? bend : 0)
    }
    return curvature.scaledSolve(slope(at: point))
  }

  private func slope(at point: [Double]) -> [Double] {
    let products = matrix.times(point)
    return point.indices.map { products[$0] - targets[$0] * power(point[$0], -exponent) }
  }
}

extension SymmetricMatrix {
  /// Solves `A x = b` after scaling the diagonal to 1.
  fileprivate func scaledSolve(_ right: [Double]) -> [Double] {
    let factors = diagonal.map { 1 / $0.squareRoot() }
    let scaledRight = zip(right, factors).map { $0 * $1 }
    return zip(scaled(by: factors).solve(scaledRight), factors).map { $0 * $1 }
  }
}
