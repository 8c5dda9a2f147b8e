/// Gives more weight to terms that fell less in the last phase.
///
///     rᵢ = min(L̄ᵢ(t−1) / L̄ᵢ(t−2), 10)
///     wᵢ = γᵢ · K softmax(r / τ)ᵢ
///
/// where `L̄(t)` is the mean value in phase `t`. In the first two phases the weights are the
/// priorities. The trainer says where a phase begins; without that the weights never change.
///
/// It balances rates and not scales: an imbalance of 1e5 stays one.
///
/// Source: Liu, Johns and Davison, *End-to-End Multi-Task Learning with Attention*,
/// <https://arxiv.org/abs/1803.10704>.
public struct DynamicWeightAverage: RegisteredBalancer, Hashable {
  /// Listed as `dwa`.
  public static let description = BalancerDescription(
    name: "dwa",
    summary: "more weight for terms that fell less in the last phase; for non-negative terms",
    source: "Liu et al., DWA, https://arxiv.org/abs/1803.10704")

  /// The terms of the loss.
  public var terms: [LossTerm]

  /// How even the weights are, `τ`, positive.
  public let temperature: Double

  private var sums: [Double]
  private var count = 0.0
  private var previous: [Double] = []
  private var oneBefore: [Double] = []

  /// Values.
  public var requiredInformation: RequiredInformation { .values }

  /// Gives more weight to terms that fall less.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss, none of them negative.
  ///   - temperature: How even the weights are, `τ`, positive.
  /// - Throws: ``BalancerError`` for an option out of its range or an unsound term.
  public init(terms: [LossTerm], temperature: Double = 2) throws(BalancerError) {
    self.terms = terms
    self.temperature = temperature
    sums = Array(repeating: 0, count: terms.count)
    try validate()
  }

  /// Gives more weight to terms that fall less, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, temperature: 2)
  }

  /// Refuses options out of their ranges, unsound terms and a state that does not fit the terms.
  public func validate() throws(BalancerError) {
    try requireNonNegativeTerms(instead: "use gradnorm or anchored-norm")
    try require(
      temperature > 0 && temperature.isFinite, "temperature", temperature, toBe: "positive")
    try requireState(sums, "sums")
    try requireState([count], "count", count: 1)
    try requireState(previous, "means", count: previous.isEmpty ? 0 : nil)
    try requireState(oneBefore, "older means", count: oneBefore.isEmpty ? 0 : nil)
  }

  /// Ends the phase before, whose means become those of `t − 1`.
  public mutating func beginPhase() {
    guard count > 0 else { return }
    oneBefore = previous
    previous = sums.map { $0 / count }
    sums = Array(repeating: 0, count: terms.count)
    count = 0
  }

  /// Weights the terms by their ratios and adds the values to the phase's means.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices where terms[index].takesPart {
      sums[index] += measurement.values[index]
    }
    count += 1
    let ratios = terms.indices.filter { terms[$0].takesPart }.map { ratio(at: $0) / temperature }
    distribute(softmax(ratios).map { $0 * Double(ratios.count) }, to: &weights)
  }

  private func ratio(at index: Int) -> Double {
    guard !oneBefore.isEmpty && oneBefore[index] > 0 else { return 1 }
    return min(previous[index] / oneBefore[index], FirstSizes.growthLimit)
  }
}
