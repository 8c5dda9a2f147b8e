/// The eigenvalues and eigenvectors of a symmetric matrix.
///
///     A = Σ λₖ vₖ vₖᵀ
///
/// By Jacobi's rotations, each of which makes one element off the diagonal 0: short, accurate also
/// for small eigenvalues, and fast enough for matrices of a few dozen rows.
///
/// Source: Golub and Van Loan, *Matrix Computations*, section 8.5.
struct Eigendecomposition {
  /// The eigenvalues, `λ`, in no order.
  private(set) var values: [Double]

  /// The eigenvectors: `vectors[k]` belongs to `values[k]` and has length 1.
  private(set) var vectors: [[Double]]

  /// Decomposes `matrix`.
  ///
  /// - Complexity: O(K³) for each of usually fewer than ten sweeps.
  init(_ matrix: SymmetricMatrix) {
    var remainder = matrix
    let count = matrix.count
    vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    values = []
    for _ in 0..<60 {
      var rotations = 0
      for first in 0..<count {
        for second in first + 1..<count where remainder.isCoupled(first, second) {
          rotate(&remainder, first, second)
          rotations += 1
        }
      }
      if rotations == 0 { break }
    }
    values = remainder.diagonal
  }

  /// Turns the axes `first` and `second` so that their element becomes 0.
  private mutating func rotate(_ matrix: inout SymmetricMatrix, _ first: Int, _ second: Int) {
    let product = matrix[first, second]
    let difference = matrix[second, second] - matrix[first, first]
    let ratio = difference / (2 * product)
    let tangent =
      (ratio < 0 ? -1 : 1) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    for other in 0..<matrix.count where other != first && other != second {
      let (x, y) = (matrix[other, first], matrix[other, second])
      matrix[other, first] = cosine * x - sine * y
      matrix[other, second] = sine * x + cosine * y
    }
    matrix[first, first] -= tangent * product
    matrix[second, second] += tangent * product
    matrix[first, second] = 0
    for index in 0..<matrix.count {
      let (x, y) = (vectors[first][index], vectors[second][index])
      vectors[first][index] = cosine * x - sine * y
      vectors[second][index] = sine * x + cosine * y
    }
  }

  /// `Σ f(λₖ) vₖ ⟨vₖ, x⟩`: a function of the matrix, applied to a vector.
  func apply(_ function: (Double) -> Double, to vector: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: vector.count)
    for (value, eigenvector) in zip(values, vectors) {
      let coordinate = zip(eigenvector, vector).reduce(0) { $0 + $1.0 * $1.1 } * function(value)
      for index in result.indices { result[index] += coordinate * eigenvector[index] }
    }
    return result
  }

  /// The smallest eigenvalue that counts as different from 0.
  var tolerance: Double { (values.max() ?? 0) * Double(values.count) * 0x1p-50 }
}

extension SymmetricMatrix {
  /// Whether an element off the diagonal is more than rounding.
  fileprivate func isCoupled(_ first: Int, _ second: Int) -> Bool {
    let scale = (abs(self[first, first]) * abs(self[second, second])).squareRoot()
    return abs(self[first, second]) > 0x1p-56 * scale
      && abs(self[first, second]) > .leastNormalMagnitude
  }

  /// `A⁺ x`: the shortest of the vectors for which `A y` is nearest to `x`.
  func pseudoinverse(times vector: [Double]) -> [Double] {
    let decomposition = Eigendecomposition(self)
    let tolerance = decomposition.tolerance
    return decomposition.apply({ $0 > tolerance ? 1 / $0 : 0 }, to: vector)
  }
}
