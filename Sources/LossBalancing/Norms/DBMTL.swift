import Requirements

/// Gives the logarithms of all terms gradients as long as the longest, averaged over time.
///
///     xᵢ = ∇ log Lᵢ = gᵢ / (Lᵢ + 1e-8)
///     ĝᵢ ← βₜ ĝᵢ + (1 − βₜ) xᵢ,  βₜ = β / t^σ
///     update = Σ γᵢ αᵢ ĝᵢ,  αᵢ = max ‖ĝ‖ / (‖ĝᵢ‖ + 1e-8)
///
/// The average is divided by the mass that it has gathered. Without that, as in LibMTL, the first
/// update has a tenth of its length. It keeps K · P numbers, which are also in a checkpoint, and needs
/// the gradients themselves.
///
/// A gradient `xᵢ` of more than a hundred times the median length of the last nine is shortened to that:
/// divided by a loss that is nearly 0 once, it would otherwise be all that the average consists of for
/// a hundred minibatches.
///
/// Source: Lin et al., *Dual-Balancing for Multi-Task Learning*, <https://arxiv.org/abs/2308.12029>.
public struct DBMTL: RegisteredBalancer, Hashable {
  /// Listed as `db-mtl`.
  public static let description = BalancerDescription(
    name: "db-mtl",
    summary: "averaged gradients of logarithms, equally long; for non-negative terms",
    source: "Lin et al., DB-MTL, https://arxiv.org/abs/2308.12029")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How much the past counts, `β`, in `0..<1`.
  public let decay: Double

  /// How fast the past is forgotten in the course of training, `σ`, at least 0.
  public let decayExponent: Double

  /// The values of the minibatch plus 1e-8, shape `[K]`; more where the gradient is shortened.
  private var divisors: [Double]

  /// The averages times their mass, shape `[K, P]`; empty before the first minibatch.
  private var memory: [Float] = []
  private var mass = 0.0
  private var step = 0.0

  // Not in the states of version 0.9.
  private var lengths: TypicalRatios?

  /// The gradients themselves.
  public var requiredInformation: RequiredInformation { .gradients }

  /// `true`.
  public var remembersGradients: Bool { true }

  /// Balances logarithms and gradients of `terms`.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss, none of them negative.
  ///   - decay: How much the past counts, `β`, in `0..<1`.
  ///   - decayExponent: How fast it is forgotten in the course of training, `σ`, at least 0.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm], decay: Double = 0.9, decayExponent: Double = 0
  ) throws(BalancerError) {
    self.terms = terms
    self.decay = decay
    self.decayExponent = decayExponent
    divisors = Array(repeating: 1, count: terms.count)
    try validate()
  }

  /// Balances logarithms and gradients of `terms`, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) { try self.init(terms: terms, decay: 0.9) }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use anchored-norm")
    try require((0..<1).contains(decay), "decay", decay, toBe: "in 0..<1")
    try require(
      decayExponent >= 0 && decayExponent.isFinite, "decayExponent", decayExponent,
      toBe: "at least 0")
    try requireState(divisors, "divisors")
    try requireState([mass, step], "counts", count: 2)
    try lengths?.validate(for: self)
  }

  /// Divides the priorities by the values, which makes gradients of logarithms.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) throws(BalancerError) {
    try requireMeasured(.values, in: measurement)
    var lengths = lengths ?? TypicalRatios(count: terms.count, limit: 100)
    for index in terms.indices {
      divisors[index] = max(measurement.values[index], 0) + 1e-8
      let length = measurement.gradientNorm(of: index) / divisors[index]
      if terms[index].takesPart && length > 0 {
        let typical = lengths.typical(length, at: index)
        if typical < length { divisors[index] *= length / typical }
      }
      weights[index] = terms[index].priority / divisors[index]
    }
    self.lengths = lengths
  }

  /// Whether the gradient of the term at `index` was shortened.
  public func isClamped(at index: Int) -> Bool { lengths?.isAccident(at: index) ?? false }

  /// Adds the gradients of logarithms to the averages and combines these.
  ///
  /// - Precondition: There are as many parameters as at the minibatch before.
  public mutating func combine(
    _ gradients: Span<Float>, weights: inout [Double], into update: inout MutableSpan<Float>
  ) {
    let isNew = remember(gradients)
    let width = update.count
    let norms = terms.indices.map { typicalNorm(of: $0, width: width) }
    let longest = norms.max() ?? 0
    let factors = terms.indices.map {
      terms[$0].takesPart ? terms[$0].priority * longest / (norms[$0] + 1e-8) / mass : 0
    }
    for column in 0..<width {
      var sum = 0.0
      for index in terms.indices { sum += factors[index] * Double(memory[index * width + column]) }
      update[column] = Float(sum)
    }
    for index in terms.indices { weights[index] = factors[index] * isNew / divisors[index] }
  }

  /// Averages, and returns the part of the new gradients in the average, `1 − βₜ`.
  private mutating func remember(_ gradients: Span<Float>) -> Double {
    if memory.isEmpty { memory = Array(repeating: 0, count: gradients.count) }
    Requirements.require(
      memory.count == gradients.count,
      "Gradients of \(gradients.count) numbers follow gradients of \(memory.count) numbers.")
    step += 1
    let kept = decayExponent == 0 ? decay : decay / power(step, decayExponent)
    let width = gradients.count / max(terms.count, 1)
    for index in terms.indices where terms[index].takesPart {
      for place in index * width..<(index + 1) * width {
        let new = Double(gradients[place]) / divisors[index]
        memory[place] = Float(kept * Double(memory[place]) + (1 - kept) * new)
      }
    }
    mass = kept * mass + 1 - kept
    return 1 - kept
  }

  /// The length of an average, which is shortened if an accident among the first few gradients is
  /// still most of it.
  private mutating func typicalNorm(of index: Int, width: Int) -> Double {
    let length = norm(of: index, width: width) / mass
    guard terms[index].takesPart, var lengths else { return length }
    let typical = lengths.withoutFirstAccident(length, startingAt: 0, at: index)
    self.lengths = lengths
    if typical == length { return length }
    for place in index * width..<(index + 1) * width {
      memory[place] = Float(Double(memory[place]) * (typical / length))
    }
    return typical
  }

  private func norm(of index: Int, width: Int) -> Double {
    var sum = 0.0
    for place in index * width..<(index + 1) * width {
      sum += Double(memory[place]) * Double(memory[place])
    }
    return sum.squareRoot()
  }
}
