import RandomStreams

/// Points that fill the unit cube more evenly than random ones: a Sobol sequence with a random digital
/// shift.
///
/// Dimensions beyond ``dimensionLimit`` have random coordinates.
///
/// Source: Joe and Kuo, *Constructing Sobol Sequences with Better Two-Dimensional Projections*, SIAM
/// Journal on Scientific Computing 30 (2008), <https://doi.org/10.1137/070709359>, with their direction
/// numbers `new-joe-kuo-6`.
struct SobolSequence: Sendable {
  /// For how many dimensions there are direction numbers.
  static var dimensionLimit: Int { polynomials.count + 1 }

  private let directions: [[UInt32]]
  private let shifts: [UInt32]
  private let seed: UInt64
  private let dimensionCount: Int

  /// Prepares a sequence.
  ///
  /// - Parameters:
  ///   - dimensionCount: The number of coordinates of a point.
  ///   - seed: The seed of the shift, or `nil` for the sequence without one.
  init(dimensionCount: Int, seed: UInt64?) {
    self.dimensionCount = dimensionCount
    self.seed = seed ?? 0
    let known = min(dimensionCount, Self.dimensionLimit)
    directions = (0..<known).map { Self.directions(of: $0) }
    var draws = RandomStream(seed: self.seed, purpose: .other, index: 1 << 20)
    shifts = (0..<known).map { _ in
      seed == nil ? 0 : UInt32(truncatingIfNeeded: draws.next() >> 32)
    }
  }

  /// Point `number` of the sequence, each coordinate from 0 to below 1.
  func point(_ number: Int) -> [Double] {
    // Gray code, as in the paper: point n is the exclusive or of the directions of its bits.
    let code = UInt32(truncatingIfNeeded: number ^ (number >> 1))
    var coordinates = zip(directions, shifts).map { directions, shift in
      let bits = directions.indices.reduce(shift) { bits, index in
        code >> UInt32(index) & 1 == 1 ? bits ^ directions[index] : bits
      }
      return Double(bits) * 0x1p-32
    }
    if coordinates.count < dimensionCount {
      var draws = RandomStream(seed: seed, purpose: .other, index: (1 << 21) + number)
      while coordinates.count < dimensionCount { coordinates.append(draws.uniform()) }
    }
    return coordinates
  }

  /// A primitive polynomial and the first direction numbers: degree, coefficients, m₁, m₂, ….
  private static let polynomials: [(degree: Int, coefficients: UInt32, start: [UInt32])] = [
    (1, 0, [1]), (2, 1, [1, 3]), (3, 1, [1, 3, 1]), (3, 2, [1, 1, 1]),
    (4, 1, [1, 1, 3, 3]), (4, 4, [1, 3, 5, 13]), (5, 2, [1, 1, 5, 5, 17]),
    (5, 4, [1, 1, 5, 5, 5]), (5, 7, [1, 1, 7, 11, 19]), (5, 11, [1, 1, 5, 1, 1]),
    (5, 13, [1, 1, 1, 3, 11]), (5, 14, [1, 3, 5, 5, 31]), (6, 1, [1, 3, 3, 9, 7, 49]),
    (6, 13, [1, 1, 1, 15, 21, 21]), (6, 16, [1, 3, 1, 13, 27, 49]),
    (6, 19, [1, 1, 1, 15, 7, 5]), (6, 22, [1, 3, 1, 15, 13, 25]), (6, 25, [1, 1, 5, 5, 19, 61]),
    (7, 1, [1, 3, 7, 11, 23, 15, 103]), (7, 4, [1, 3, 7, 13, 13, 15, 69]),
  ]

  /// The 32 direction numbers of a dimension, each with its leading bit first.
  private static func directions(of dimension: Int) -> [UInt32] {
    guard dimension > 0 else { return (0..<32).map { 1 << UInt32(31 - $0) } }
    let (degree, coefficients, start) = polynomials[dimension - 1]
    var directions = start.enumerated().map { index, number in number << UInt32(31 - index) }
    for index in degree..<32 {
      var direction = directions[index - degree] ^ (directions[index - degree] >> UInt32(degree))
      for term in 1..<max(degree, 1) where coefficients >> UInt32(degree - 1 - term) & 1 == 1 {
        direction ^= directions[index - term]
      }
      directions.append(direction)
    }
    return directions
  }
}
