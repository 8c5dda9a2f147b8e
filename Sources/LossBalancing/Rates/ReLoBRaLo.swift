/// Gives more weight to terms that fell less since a minibatch of the past, which is the last one or,
/// now and then, the first.
///
///     λ̂(t, t′) = K softmax(Lᵢ(t) / (τ Lᵢ(t′)))
///     λ ← α (ρ λ + (1 − ρ) λ̂(t, 0)) + (1 − α) λ̂(t, t−1),  ρ ~ Bernoulli(E ρ)
///     wᵢ = γᵢ λᵢ
///
/// At the first minibatch all `λ` are 1. A first value that turns out not to be typical of the first ten
/// minibatches is replaced: one small first loss would take all weight from the other terms again and
/// again. It balances rates and not scales.
///
/// Source: Bischof and Kraus, *Multi-Objective Loss Balancing for Physics-Informed Deep Learning*,
/// <https://arxiv.org/abs/2110.09813>.
public struct ReLoBRaLo: RegisteredBalancer, Hashable {
  /// Listed as `relobralo`.
  public static let description = BalancerDescription(
    name: "relobralo",
    summary: "relative balancing with random look-back; for non-negative terms",
    source: "Bischof and Kraus, ReLoBRaLo, https://arxiv.org/abs/2110.09813")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How much of the past is kept, `α`, in `0...1`.
  public let memory: Double

  /// How even the weights are, `τ`, positive.
  public let temperature: Double

  /// How likely it is that the weights so far are kept and not those since the first minibatch,
  /// `E ρ`, in `0...1`.
  public let savingProbability: Double

  /// The factors, `λ`, shape `[K]`.
  public private(set) var factors: [Double]

  private var initial: [Double] = []
  private var previous: [Double] = []

  // Not in the states of version 0.9.
  private var trial: FirstSizes?

  /// Values.
  public var requiredInformation: RequiredInformation { .values }

  /// Gives more weight to terms that fell less.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss, none of them negative.
  ///   - memory: How much of the past is kept, `α`, in `0...1`.
  ///   - temperature: How even the weights are, `τ`, positive.
  ///   - savingProbability: How likely it is that the weights so far are kept and not those since
  ///     the first minibatch, `E ρ`, in `0...1`.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(
    terms: [LossTerm],
    memory: Double = 0.999,
    temperature: Double = 1,
    savingProbability: Double = 0.999
  ) throws(BalancerError) {
    self.terms = terms
    self.memory = memory
    self.temperature = temperature
    self.savingProbability = savingProbability
    factors = Array(repeating: 1, count: terms.count)
    try validate()
  }

  /// Gives more weight to terms that fell less, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, temperature: 1)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use gradnorm or anchored-norm")
    try require((0...1).contains(memory), "memory", memory, toBe: "in 0...1")
    try require(
      temperature > 0 && temperature.isFinite, "temperature", temperature, toBe: "positive")
    try require(
      (0...1).contains(savingProbability), "savingProbability", savingProbability,
      toBe: "in 0...1")
    try requireState(factors, "factors")
    try requireState(initial, "first values", count: initial.isEmpty ? 0 : nil)
    try requireState(previous, "previous values", count: initial.isEmpty ? 0 : nil)
    try trial?.validate(for: self)
  }

  /// Moves the factors towards those since the past and multiplies the priorities with them.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    let values = zip(terms, measurement.values).map { $0.takesPart ? $1 : 0 }
    let isFirst = initial.isEmpty
    reconsiderInitial(after: values)
    if !isFirst {
      let isSaved = Double.random(in: 0..<1, using: &generator) < savingProbability
      let saved = isSaved ? factors : factorsNow(values, since: initial)
      let recent = factorsNow(values, since: previous)
      factors = zip(saved, recent).map { memory * $0 + (1 - memory) * $1 }
    }
    previous = values
    for index in terms.indices { weights[index] = terms[index].priority * factors[index] }
  }

  private mutating func reconsiderInitial(after values: [Double]) {
    var trial = trial ?? FirstSizes(count: terms.count, isOver: !initial.isEmpty)
    if initial.isEmpty { initial = values.map { _ in 0 } }
    for index in values.indices {
      initial[index] = trial.reconsidered(initial[index], after: max(values[index], 0), at: index)
    }
    self.trial = trial
  }

  /// `λ̂`, 1 for terms that do not take part.
  private func factorsNow(_ values: [Double], since past: [Double]) -> [Double] {
    let active = terms.indices.filter { terms[$0].takesPart }
    let ratios = active.map { past[$0] > 0 ? values[$0] / (temperature * past[$0]) : 1 }
    var factors = Array(repeating: 1.0, count: terms.count)
    for (index, factor) in zip(active, softmax(ratios)) {
      factors[index] = factor * Double(active.count)
    }
    return factors
  }
}
