/// What was measured on a minibatch of K terms.
///
/// The trainer owns one measurement and overwrites it for every minibatch, so that nothing is
/// allocated. Fields above the level that was asked for hold numbers of no meaning.
public struct LossMeasurement: Sendable {
  /// How many minibatches were measured before this one.
  public var step = 0

  /// The values of the terms, `L`, shape `[K]`.
  public var values: [Double]

  /// The means of the absolute values of the rows' terms, shape `[K]`.
  public var magnitudes: [Double]

  /// The inner products of the terms' gradients, `G[i, j] = ⟨gᵢ, gⱼ⟩`, shape `[K, K]`, symmetric.
  ///
  /// With respect to the features at the level ``RequiredInformation/featureGradients``, to all
  /// parameters above it.
  public var gramian: [Double]

  /// The largest absolute values of the gradients' entries, shape `[K]`; only at the level
  /// ``RequiredInformation/gradients``.
  public var largestEntries: [Double]

  /// The means of the absolute values of the gradients' entries, shape `[K]`; only at the level
  /// ``RequiredInformation/gradients``.
  public var meanEntries: [Double]

  /// Makes an empty measurement of `count` terms.
  public init(count: Int) {
    values = Array(repeating: 0, count: count)
    magnitudes = Array(repeating: 0, count: count)
    gramian = Array(repeating: 0, count: count * count)
    largestEntries = values
    meanEntries = values
  }

  /// The number of terms, `K`.
  public var count: Int { values.count }

  /// The norm of the gradient of term `index`, `‖gᵢ‖`.
  public func gradientNorm(of index: Int) -> Double {
    gramian[index * count + index].squareRoot()
  }

  /// Whether all numbers of term `index` up to `level` are finite.
  ///
  /// Of the Gramian only the diagonal is looked at: it is finite exactly if the gradient is not so
  /// large that its square overflows, and then so are the other entries.
  public func isFinite(at index: Int, upTo level: RequiredInformation) -> Bool {
    if level >= .values && !values[index].isFinite { return false }
    if level >= .magnitudes && !magnitudes[index].isFinite { return false }
    return level < .featureGradients || gradientNorm(of: index).isFinite
  }

  /// Whether all numbers up to `level` are finite, for the terms that take part.
  func isFinite(for terms: [LossTerm], upTo level: RequiredInformation) -> Bool {
    for index in terms.indices where terms[index].takesPart {
      if !isFinite(at: index, upTo: level) { return false }
    }
    return true
  }

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
    precondition(
      width * count == gradients.count,
      "Gradients of \(gradients.count) numbers are not those of \(count) terms.")
    for row in 0..<count {
      for column in row..<count {
        let product = product(of: row, column, in: gradients, width: width)
        gramian[row * count + column] = product
        gramian[column * count + row] = product
      }
      measureEntries(of: row, in: gradients, width: width)
    }
  }

  private func product(
    of row: Int, _ column: Int, in gradients: Span<Float>, width: Int
  ) -> Double {
    var sum = 0.0
    for index in 0..<width {
      sum += Double(gradients[row * width + index]) * Double(gradients[column * width + index])
    }
    return sum
  }

  private mutating func measureEntries(of row: Int, in gradients: Span<Float>, width: Int) {
    var largest = 0.0
    var sum = 0.0
    for index in 0..<width {
      let size = Double(abs(gradients[row * width + index]))
      largest = max(largest, size)
      sum += size
    }
    largestEntries[row] = largest
    meanEntries[row] = width == 0 ? 0 : sum / Double(width)
  }
}
