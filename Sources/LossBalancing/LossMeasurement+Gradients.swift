import Requirements

extension LossMeasurement {
  /// Measures the gradients themselves: the Gramian and the sizes of the entries.
  ///
  /// All sums are in double precision and over all parameters at once, so that `‖gᵢ‖` is the norm
  /// of the whole gradient and not a mean of norms of its parts.
  ///
  /// - Parameter gradients: The gradients of the terms with respect to P parameters, shape
  ///   `[K, P]`; zero where a term does not depend on a parameter.
  /// - Precondition: `gradients` has `K · P` numbers.
  /// - Complexity: O(K² · P).
  public mutating func measureGradients(_ gradients: Span<Float>) {
    let width = count == 0 ? 0 : gradients.count / count
    require(
      width * count == gradients.count,
      "Gradients of \(gradients.count) numbers are not those of \(count) terms.")
    measureGradients(width: width) { Double(gradients[$0 * width + $1]) }
  }

  /// Measures gradients that lie one after the other, shape `[K, P]`.
  ///
  /// - Parameter gradients: The gradients of the terms with respect to P parameters.
  /// - Precondition: `gradients` has `K · P` numbers.
  /// - Complexity: O(K² · P).
  public mutating func measureGradients(_ gradients: [Float]) {
    measureGradients(gradients.span)
  }

  /// Measures gradients, one array a term.
  ///
  /// - Parameter gradients: The gradients of the terms with respect to P parameters.
  /// - Precondition: There are K arrays of the same length.
  /// - Complexity: O(K² · P).
  public mutating func measureGradients(_ gradients: [[Float]]) {
    measureGradients(width: width(of: gradients)) { Double(gradients[$0][$1]) }
  }

  /// Measures gradients in double precision, one array a term.
  ///
  /// - Parameter gradients: The gradients of the terms with respect to P parameters.
  /// - Precondition: There are K arrays of the same length.
  /// - Complexity: O(K² · P).
  public mutating func measureGradients(_ gradients: [[Double]]) {
    measureGradients(width: width(of: gradients)) { gradients[$0][$1] }
  }

  private func width(of gradients: [[some Any]]) -> Int {
    let width = gradients.first?.count ?? 0
    require(
      gradients.count == count && gradients.allSatisfy { $0.count == width },
      """
      Gradients of \(gradients.map(\.count)) numbers are not those of \(count) terms with respect to \
      the same parameters.
      """)
    return width
  }

  @inline(__always)
  private mutating func measureGradients(width: Int, _ entry: (Int, Int) -> Double) {
    for row in 0..<count {
      for column in row..<count {
        var product = 0.0
        for index in 0..<width { product += entry(row, index) * entry(column, index) }
        gramian[row * count + column] = product
        gramian[column * count + row] = product
      }
      measureEntries(of: row, width: width, entry)
    }
  }

  @inline(__always)
  private mutating func measureEntries(
    of row: Int, width: Int, _ entry: (Int, Int) -> Double
  ) {
    var largest = 0.0
    var sum = 0.0
    for index in 0..<width {
      let size = abs(entry(row, index))
      largest = max(largest, size)
      sum += size
    }
    largestEntries[row] = largest
    meanEntries[row] = width == 0 ? 0 : sum / Double(width)
  }
}
