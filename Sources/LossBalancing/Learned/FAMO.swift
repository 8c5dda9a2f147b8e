/// Makes the logarithms of all terms fall at the same rate, at the cost of one forward pass.
///
///     zᵢ ∝ γᵢ e^ξᵢ,  Dᵢ = Lᵢ − bᵢ + 1e-8
///     wᵢ = c zᵢ / Dᵢ,  c = 1 / Σ (zᵢ / Dᵢ)
///
/// After the step the same minibatch is measured again. With `δᵢ` the fall of `log Dᵢ`,
///
///     ξ ← Adam(ξ, z ⊙ (δ − ⟨z, δ⟩) + ν ξ)
///
/// so that terms which fell fast count less. The weights add up to 1. Sources differ about the decay
/// `ν`: 0.01, 1e-3 and 1e-5 are found.
///
/// The logarithm needs values above their lower bounds `b`. In PPO, what a minibatch's surrogate is
/// after the step means nothing, as it is clipped.
///
/// Source: Liu et al., *FAMO: Fast Adaptive Multitask Optimization*, NeurIPS 2023,
/// <https://arxiv.org/abs/2306.03792>.
public struct FAMO: RegisteredBalancer, Hashable {
  /// Listed as `famo`.
  public static let description = BalancerDescription(
    name: "famo",
    summary: "all logarithms fall at one rate; a forward pass more; for non-negative terms",
    source: "Liu et al., FAMO, https://arxiv.org/abs/2306.03792")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// What no term falls below, `b`, shape `[K]`.
  public let lowerBounds: [Double]

  /// The logits, `ξ`, shape `[K]`.
  public private(set) var logits: [Double]

  private var adam: AdamState

  /// The terms before the step, `D`; empty while no step is awaited.
  private var before: [Double] = []

  /// The values.
  public var requiredInformation: RequiredInformation { .values }

  /// `true`.
  public var needsPostStepValues: Bool { true }

  /// Makes logarithms of terms fall at one rate.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss, none of them negative.
  ///   - rate: The learning rate of the logits, positive.
  ///   - weightDecay: How strongly the logits are pulled to 0, `ν`, at least 0.
  ///   - lowerBounds: What no term falls below, `b`, shape `[K]`; zeros by default.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm],
    rate: Double = 0.025,
    weightDecay: Double = 1e-3,
    lowerBounds: [Double]? = nil
  ) throws(BalancerError) {
    self.terms = terms
    self.lowerBounds = lowerBounds ?? Array(repeating: 0, count: terms.count)
    logits = Array(repeating: 0, count: terms.count)
    adam = AdamState(count: terms.count, rate: rate, decay: weightDecay)
    try validate()
  }

  /// Makes logarithms of terms fall at one rate, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, lowerBounds: nil)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use ema-magnitude or anchored-magnitude")
    try requireState(lowerBounds, "lower bounds")
    try requireState(logits, "logits")
    try requireState(before, "values before the step", count: before.isEmpty ? 0 : nil)
    try adam.validate(for: self)
  }

  /// Weights the terms by the logits learnt so far.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    before = distances(in: measurement)
    let z = probabilities
    let sum = terms.indices.reduce(0) { $0 + z[$1] / before[$1] }
    for index in terms.indices { weights[index] = sum == 0 ? 0 : z[index] / before[index] / sum }
  }

  /// Learns from how much each term fell.
  public mutating func observeStep(_ measurement: LossMeasurement) {
    guard !before.isEmpty && measurement.isFinite(for: terms, upTo: .values) else { return }
    let falls = zip(before, distances(in: measurement)).map {
      naturalLogarithm($0) - naturalLogarithm($1)
    }
    let z = probabilities
    let mean = zip(z, falls).reduce(0) { $0 + $1.0 * $1.1 }
    let gradient = zip(z, falls).map { $0 * ($1 - mean) }
    adam.step(&logits, along: gradient)
    before = []
  }

  /// `z`, 0 for terms that do not take part.
  private var probabilities: [Double] {
    let largest = terms.indices.filter { terms[$0].takesPart }.map { logits[$0] }.max() ?? 0
    let masses = zip(terms, logits).map { $0.priority * exponential($1 - largest) }
    let sum = masses.reduce(0, +)
    return masses.map { sum == 0 ? 0 : $0 / sum }
  }

  /// `D`, at least the smallest that differs from the lower bound.
  private func distances(in measurement: LossMeasurement) -> [Double] {
    zip(measurement.values, lowerBounds).enumerated().map { index, pair in
      terms[index].takesPart ? max(pair.0 - pair.1, 0) + 1e-8 : 1
    }
  }
}
