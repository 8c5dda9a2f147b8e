/// Turns each gradient until its angle with the others is what it has been on average.
///
///     for each i: g ← γᵢ gᵢ; for each j ≠ i in random order, with φ = cos(g, gⱼ):
///       if φ < φ̂ᵢⱼ:  g ← g + ‖g‖ (φ̂ √(1 − φ²) − φ √(1 − φ̂²)) / (‖gⱼ‖ √(1 − φ̂²)) · gⱼ
///       φ̂ᵢⱼ ← (1 − β) φ̂ᵢⱼ + β φ
///     update = Σ g
///
/// The averages `φ̂` start at 0, so that the first update is that of ``PCGrad``.
///
/// Source: Wang et al., *Gradient Vaccine: Investigating and Improving Multi-task Optimization in
/// Massively Multilingual Models*, <https://arxiv.org/abs/2010.05874>.
public struct GradVac: GramianBalancer, RegisteredBalancer, Hashable {
  /// Listed as `gradvac`.
  public static let description = BalancerDescription(
    name: "gradvac",
    summary: "turns gradients until their angles are as they were on average",
    source: "Wang et al., GradVac, https://arxiv.org/abs/2010.05874")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// With respect to what the gradients are measured.
  public let site: GradientSite

  /// How much a new angle counts in the average, `β`, in `0...1`.
  public let rate: Double

  /// The average cosines, `φ̂`, shape `[K, K]`.
  public private(set) var averageCosines: [Double]

  /// Turns the gradients of `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - rate: How much a new angle counts in the average, `β`, in `0...1`.
  ///   - site: With respect to what the gradients are measured.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], rate: Double = 0.01, site: GradientSite = .parameters
  ) throws(BalancerError) {
    self.terms = terms
    self.rate = rate
    self.site = site
    averageCosines = Array(repeating: 0, count: terms.count * terms.count)
    try validate()
  }

  /// Turns the gradients of `terms`, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, site: .parameters)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try require((0...1).contains(rate), "rate", rate, toBe: "in 0...1")
    try requireState(averageCosines, "average cosines", count: terms.count * terms.count)
  }

  /// Turns, in coordinates: each gradient is a combination of the original ones.
  public mutating func weights(
    for gradients: GradientGeometry, using generator: inout any RandomNumberGenerator
  ) -> [Double]? {
    var weights = Array(repeating: 0.0, count: gradients.count)
    for index in 0..<gradients.count {
      var combination = Array(repeating: 0.0, count: gradients.count)
      combination[index] = gradients.priorities[index]
      for other in (0..<gradients.count).shuffled(using: &generator) where other != index {
        combination[other] += turn(combination, of: index, towards: other, gradients)
      }
      for other in weights.indices { weights[other] += combination[other] }
    }
    return weights
  }

  /// How much of the gradient `other` has to be added, and the new average of the angle.
  private mutating func turn(
    _ combination: [Double], of index: Int, towards other: Int, _ gradients: GradientGeometry
  ) -> Double {
    let norm = gradients.gramian.quadraticForm(combination).squareRoot()
    let otherNorm = gradients.gramian[other, other].squareRoot()
    guard norm > 0 else { return 0 }
    let product = gradients.gramian.times(combination)[other]
    let cosine = min(max(product / (norm * otherNorm), -1), 1)
    let place = gradients.indices[index] * terms.count + gradients.indices[other]
    let goal = averageCosines[place]
    averageCosines[place] = (1 - rate) * goal + rate * cosine
    // At a goal of 1 no finite amount is enough.
    guard cosine < goal, goal < 1 - 1e-12 else { return 0 }
    let goalSine = (1 - goal * goal).squareRoot()
    let sine = (1 - cosine * cosine).squareRoot()
    return norm * (goal * sine - cosine * goalSine) / (otherNorm * goalSine)
  }
}
