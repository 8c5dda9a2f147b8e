/// Stays near the sum and makes the term that falls least fall more.
///
///     d = argmax minᵢ ⟨γᵢ gᵢ, d⟩  with  ‖d − g₀‖ ≤ c ‖g₀‖,  g₀ = Σ γᵢ gᵢ
///
/// The solution is `g₀ + Σ λᵢ γᵢ gᵢ` with the shortest such addition, `λ ≥ 0`, that makes
/// `⟨γᵢ gᵢ, d⟩ ≥ t` for all terms, and the largest `t` for which it is no longer than `c ‖g₀‖`: a
/// quadratic programme in `λ` for each `t`, which is found by bisection to rounding.
///
/// For `c = 0` it is the sum with fixed coefficients; from `c = 1` no term gets worse. Where some
/// convex combination of the gradients is 0, no direction makes all terms fall; if `c` allows it, `d`
/// is then the projection of the sum on the directions that make none worse, as of ``DualProj``.
/// Combinations count as 0 where they are shorter than 1e-6 of what cancels in them: the Gramian does
/// not hold more digits. Where that holds for the sum itself, it is the update.
///
/// Source: Liu et al., *Conflict-Averse Gradient Descent for Multi-task Learning*, NeurIPS 2021,
/// <https://arxiv.org/abs/2110.14048>; there `g₀` is the mean, here the sum, so that without
/// conflicts the weights are the priorities.
public struct CAGrad: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `cagrad`.
  public static let description = BalancerDescription(
    name: "cagrad",
    summary: "near the sum, better for the term that falls least",
    source: "Liu et al., CAGrad, https://arxiv.org/abs/2110.14048")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How far from the sum the update may be, relative to its length, `c`, at least 0.
  public let radius: Double

  /// Whether the update is divided by `1 + c²`.
  public let isRescaled: Bool

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// Stays near the sum of the gradients of `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - radius: How far from the sum the update may be, relative to its length, `c`, at least 0.
  ///   - isRescaled: Whether the update is divided by `1 + c²`.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm],
    radius: Double = 0.4,
    isRescaled: Bool = false,
    site: GradientSite = .parameters
  ) throws(BalancerError) {
    self.terms = terms
    self.radius = radius
    self.isRescaled = isRescaled
    self.site = site
    try validate()
  }

  /// Stays near the sum of the gradients of `terms`, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, site: .parameters)
  }

  /// Refuses options out of their ranges.
  public func validate() throws(BalancerError) {
    try require(radius >= 0 && radius.isFinite, "radius", radius, toBe: "at least 0")
  }

  /// Adds to the sum what the term that falls least needs.
  ///
  /// The rows are put in an order of their own first, so that the order of the terms cannot decide
  /// what rounding does.
  public func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    let gramian = gradients.prioritizedGramian
    let order = gramian.rowOrder
    let additions = gramian.restricted(to: order).leastFallAdditions(radius: radius)
    let divisor = isRescaled ? 1 + radius * radius : 1
    var weights = gradients.priorities
    for (index, addition) in zip(order, additions) { weights[index] *= (1 + addition) / divisor }
    return weights
  }
}

extension SymmetricMatrix {
  /// The rows in an order that depends on the vectors only: the shortest first, and of equally long
  /// ones that with the smaller product with the sum.
  fileprivate var rowOrder: [Int] {
    let lengths = diagonal
    let first = (0..<count).sorted { lengths[$0] < lengths[$1] }
    let products = restricted(to: first).times(Array(repeating: 1, count: count))
    return first.indices.sorted {
      let (left, right) = (lengths[first[$0]], lengths[first[$1]])
      return left == right ? products[$0] < products[$1] : left < right
    }.map { first[$0] }
  }

  /// What is added to the weights 1 of the vectors' sum, `λ`.
  fileprivate func leastFallAdditions(radius: Double) -> [Double] {
    let ones = Array(repeating: 1.0, count: count)
    let products = times(ones)
    let reach = radius * max(products.reduce(0, +), 0).squareRoot()
    // Where the terms cancel each other, or nothing may be added, the sum is the update.
    guard reach > 0, !isCancelled(by: ones) else { return ones.map { _ in 0 } }
    func fits(_ fall: Double) -> Bool {
      length(of: additions(products.map { $0 - fall })) <= reach
    }
    let least = products.min() ?? 0
    let lengths = diagonal.map { $0.squareRoot() }
    let highest = zip(products, lengths).map { $0 + reach * $1 }.min() ?? 0
    // The least fall `t` is found to a precision that is relative to `t` itself, or to its distance
    // from what it is at the sum, whichever is less.
    if least < 0 && fits(0) {
      // If a convex combination is 0, the least fall cannot be more than 0.
      if isCancelled(by: minimumNormWeights()) { return additions(products) }
      return additions(between: 0, highest, reach: reach) { t in products.map { $0 - t } }
    }
    if least < 0 && fits(least / 2) {
      return additions(between: least / 2, 0, reach: reach) { t in products.map { $0 - t } }
    }
    let highestRise = least < 0 ? -least / 2 : highest - least
    return additions(between: 0, highestRise, reach: reach) { rise in
      products.map { $0 - least - rise }
    }
  }

  /// The additions of length `reach`, by bisection on the number that `linear` depends on.
  private func additions(
    between low: Double, _ high: Double, reach: Double, _ linear: (Double) -> [Double]
  ) -> [Double] {
    var (low, high) = (low, high)
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if length(of: additions(linear(middle))) < reach { low = middle } else { high = middle }
    }
    return additions(linear(high))
  }

  /// The shortest addition `Σ λᵢ gᵢ`, `λ ≥ 0`, that makes up for what is negative in `linear`, the
  /// vectors' products with the sum less those that are wanted.
  private func additions(_ linear: [Double]) -> [Double] { nonnegativeMinimum(linear: linear) }

  private func length(of combination: [Double]) -> Double {
    max(quadraticForm(combination), 0).squareRoot()
  }

  /// Whether the combination is 0 but for the rounding of what cancels in it.
  private func isCancelled(by combination: [Double]) -> Bool {
    var (sum, size) = (0.0, 0.0)
    for row in 0..<count {
      for column in 0..<count {
        let product = combination[row] * combination[column] * self[row, column]
        sum += product
        size += abs(product)
      }
    }
    return sum <= 0x1p-40 * size
  }
}
