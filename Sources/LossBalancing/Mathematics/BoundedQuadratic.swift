extension SymmetricMatrix {
  /// The vector without negative entries that minimises `½ xᵀ A x + cᵀ x`, for a positive
  /// semidefinite matrix whose range contains `c`.
  ///
  /// By an active set: entries are freed from 0 one at a time, that with the steepest slope first,
  /// and the free ones solved for; where one would become negative, the way ends at 0 and it is bound
  /// again. Unknowns are scaled so that the diagonal is 1, whatever the scales of the rows.
  ///
  /// Source: Lawson and Hanson, *Solving Least Squares Problems*, chapter 23, in the form of Bro and
  /// de Jong, 1997, which needs the products only.
  func nonnegativeMinimum(linear: [Double]) -> [Double] {
    let factors = diagonal.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    let matrix = scaled(by: factors)
    let slopes = zip(linear, factors).map { $0 * $1 }
    var active = ActiveSet(matrix: matrix, linear: slopes)
    return zip(active.minimum(), factors).map { $0 * $1 }
  }

  /// The vector that minimises `vᵀ A v` with no entry below that of `bounds`.
  func minimum(above bounds: [Double]) -> [Double] {
    let excess = nonnegativeMinimum(linear: times(bounds))
    return zip(bounds, excess).map { $0 + $1 }
  }

  /// The weights of the shortest vector in the convex hull of those whose Gramian this is: no
  /// negative entry, sum 1.
  ///
  /// The minimum of `wᵀ A w + σ (1ᵀ w − 1)²` without negative entries is a multiple of it, for every
  /// `σ`. The one chosen keeps the two parts comparable for the shortest vector.
  func minimumNormWeights() -> [Double] {
    let lengths = diagonal
    let longest = lengths.max() ?? 0
    if longest == 0 { return Array(repeating: 1 / Double(count), count: count) }
    let penalty = max(lengths.min() ?? 0, 1e-20 * longest)
    let penalized = SymmetricMatrix(count: count) { self[$0, $1] / penalty + 1 }
    let weights = penalized.nonnegativeMinimum(linear: Array(repeating: -1, count: count))
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

/// The state of the search in ``SymmetricMatrix/nonnegativeMinimum(linear:)``.
private struct ActiveSet {
  let matrix: SymmetricMatrix
  let linear: [Double]
  var isFree: [Bool]
  var solution: [Double]

  init(matrix: SymmetricMatrix, linear: [Double]) {
    self.matrix = matrix
    self.linear = linear
    isFree = Array(repeating: false, count: linear.count)
    solution = Array(repeating: 0, count: linear.count)
  }

  mutating func minimum() -> [Double] {
    let tolerance = 1e-13 * (linear.map { abs($0) }.max() ?? 0)
    // Each index is freed at most a few times; the bound is for rounding that turns in circles.
    for _ in 0..<10 * linear.count {
      let slopes = zip(matrix.times(solution), linear).map { $0 + $1 }
      let bound = isFree.indices.filter { !isFree[$0] && matrix[$0, $0] > 0 }
      guard let steepest = bound.min(by: { slopes[$0] < slopes[$1] }) else { break }
      if slopes[steepest] >= -tolerance { break }
      isFree[steepest] = true
      descend()
    }
    return solution
  }

  /// Goes to the minimum over the free entries, or to where the last of those that would become
  /// negative has been bound.
  private mutating func descend() {
    while true {
      let free = isFree.indices.filter { isFree[$0] }
      if free.isEmpty { return }
      let goal = matrix.restricted(to: free).solve(free.map { -linear[$0] })
      let limits = zip(free, goal).filter { $1 <= 0 }
        .map { solution[$0] / (solution[$0] - $1) }
      let fraction = limits.min() ?? 1
      for (index, value) in zip(free, goal) {
        solution[index] += fraction * (value - solution[index])
        if value <= 0 && solution[index] <= 1e-15 * abs(value) + .leastNormalMagnitude {
          solution[index] = 0
          isFree[index] = false
        }
      }
      if limits.isEmpty { return }
    }
  }
}
