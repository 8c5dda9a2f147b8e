/// The lengths of the gradients of a minibatch and the angles between them, for the terms that take
/// part and have a gradient.
public struct GradientGeometry: Sendable {
  /// The inner products of the gradients, `G`, K × K, with a positive diagonal.
  public let gramian: SymmetricMatrix

  /// The priorities of the terms, `γ`, shape `[K]`, positive.
  public let priorities: [Double]

  /// Where the terms are among all terms.
  public let indices: [Int]

  /// The number of terms, `K`.
  public var count: Int { indices.count }

  /// The lengths of the gradients, `n`, shape `[K]`.
  public var norms: [Double] { gramian.diagonal.map { $0.squareRoot() } }

  /// The cosines of the angles between the gradients, `C`, K × K, with a diagonal of ones.
  public var cosines: SymmetricMatrix { gramian.scaled(by: norms.map { 1 / $0 }) }

  /// The inner products of the gradients times their priorities.
  var prioritizedGramian: SymmetricMatrix { gramian.scaled(by: priorities) }

  /// `C⁺ γ`: the parts of the unit gradients in the update whose products with all of them are
  /// nearest to the priorities.
  ///
  /// - Returns: Nothing where rounding would decide: where the priorities are at right angles to all
  ///   products that there can be, or all gradients lie on one line but not on one side of 0.
  var partsOfEqualCosines: [Double]? {
    let cosines = cosines
    if cosines.isLineOfBothDirections { return nil }
    let parts = cosines.pseudoinverse(times: priorities)
    let found = cosines.times(parts).reduce(0) { $0 + $1 * $1 }
    let wanted = priorities.reduce(0) { $0 + $1 * $1 }
    return found > 1e-20 * wanted ? parts : nil
  }

  init(_ measurement: LossMeasurement, of terms: [LossTerm]) {
    indices = terms.indices.filter {
      terms[$0].takesPart && measurement.gradientNorm(of: $0) > 1e-150
    }
    let indices = indices
    priorities = indices.map { terms[$0].priority }
    gramian = SymmetricMatrix(count: indices.count) {
      measurement.gramian[indices[$0] * terms.count + indices[$1]]
    }
  }
}

/// A balancer that chooses a direction from the lengths of gradients and the angles between them.
///
/// All such methods need is the Gramian, K × K numbers; the gradients themselves are not stored.
/// Terms of priority 0 and terms without a gradient are left out before ``weights(for:using:)``; the
/// latter are weighted by their priority.
public protocol GramianBalancer: LossBalancer {
  /// With respect to what the gradients are measured.
  var site: GradientSite { get }

  /// Chooses the weights of the terms that take part and have a gradient.
  ///
  /// - Parameters:
  ///   - gradients: The geometry of at least one gradient.
  ///   - generator: The only source of randomness.
  /// - Returns: A weight for each term of `gradients`; nothing to keep the weights as they are.
  mutating func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]?
}

extension GramianBalancer {
  /// The Gramian at the site.
  public var requiredInformation: RequiredInformation { site.requiredInformation }

  /// Sets the weights to those of the method.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let geometry = GradientGeometry(measurement, of: terms)
    let chosen = geometry.count > 0 ? self.weights(for: geometry, using: &generator) : []
    guard let chosen, chosen.allSatisfy(\.isFinite) else { return }
    for index in terms.indices { weights[index] = terms[index].priority }
    for (index, weight) in zip(geometry.indices, chosen) { weights[index] = weight }
  }
}

extension SymmetricMatrix {
  /// Whether vectors with these cosines lie on one line, to rounding, and not all on one side of 0.
  fileprivate var isLineOfBothDirections: Bool {
    var hasOpposite = false
    for row in 0..<count {
      for column in 0..<row {
        if abs(self[row, column]) < 1 - 1e-14 { return false }
        if self[row, column] < 0 { hasOpposite = true }
      }
    }
    return hasOpposite
  }
}
