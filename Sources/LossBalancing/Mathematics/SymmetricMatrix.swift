/// A small symmetric matrix, K × K with K up to a few dozen.
public struct SymmetricMatrix: Sendable, Hashable {
  /// The number of rows, `K`.
  public let count: Int

  private var elements: [Double]

  /// Makes the matrix whose elements on and below the diagonal are given by a function.
  public init(count: Int, _ element: (_ row: Int, _ column: Int) -> Double) {
    self.count = count
    elements = Array(repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0...row { self[row, column] = element(row, column) }
    }
  }

  /// The element of a row and a column, which is also that of the column and the row.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * count + column] }
    set {
      elements[row * count + column] = newValue
      elements[column * count + row] = newValue
    }
  }

  /// The elements `A[i, i]`.
  public var diagonal: [Double] { (0..<count).map { self[$0, $0] } }

  /// The matrix of the rows and columns `indices` only, in their order.
  public func restricted(to indices: [Int]) -> SymmetricMatrix {
    SymmetricMatrix(count: indices.count) { self[indices[$0], indices[$1]] }
  }

  /// The matrix whose element is multiplied with the factors of its row and its column, `D A D`.
  public func scaled(by factors: [Double]) -> SymmetricMatrix {
    SymmetricMatrix(count: count) { factors[$0] * self[$0, $1] * factors[$1] }
  }

  /// The product with a vector, `A x`.
  public func times(_ vector: [Double]) -> [Double] {
    (0..<count).map { row in
      var sum = 0.0
      for column in 0..<count { sum += self[row, column] * vector[column] }
      return sum
    }
  }

  /// `xᵀ A x`. Of a Gramian it is the squared length of the vectors' sum with these weights.
  public func quadraticForm(_ vector: [Double]) -> Double {
    zip(vector, times(vector)).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension SymmetricMatrix {
  /// Solves `A x = b` for a positive definite matrix by Cholesky's factorisation, `A = L Lᵀ`.
  ///
  /// A pivot below 1e-14 of its diagonal element, where rounding has eaten the definiteness, is
  /// replaced by that.
  ///
  /// - Complexity: O(K³).
  func solve(_ right: [Double]) -> [Double] {
    var lower = self
    var solution = right
    for column in 0..<count {
      for row in column..<count {
        var sum = self[row, column]
        for inner in 0..<column { sum -= lower[row, inner] * lower[column, inner] }
        lower[row, column] =
          row == column
          ? max(sum, 1e-14 * self[row, row]).squareRoot() : sum / lower[column, column]
      }
    }
    for row in 0..<count {
      for inner in 0..<row { solution[row] -= lower[row, inner] * solution[inner] }
      solution[row] /= lower[row, row]
    }
    for row in (0..<count).reversed() {
      for inner in row + 1..<count { solution[row] -= lower[inner, row] * solution[inner] }
      solution[row] /= lower[row, row]
    }
    return solution
  }
}
