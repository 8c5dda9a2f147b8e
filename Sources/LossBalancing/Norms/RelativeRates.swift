/// How fast each term has been learnt compared with the others, `r` of GradNorm.
///
///     L̃ᵢ = min(Lᵢ / Lᵢ(0), 10),  rᵢ = L̃ᵢ / mean L̃
///
/// A term that was 0 at first has no rate; it counts as if it had stayed where it was. A term that
/// has grown more than tenfold counts as grown tenfold, and ``FirstSizes`` replaces an `L(0)` that
/// turns out not to be typical: without that, one small first loss would make the rates of all other
/// terms 0 for the whole run.
struct RelativeRates: Sendable, Codable, Hashable {
  private var initial: [Double]
  // Not in the states of version 0.9.
  private var trial: FirstSizes?
  private var rates: [Double]

  init(count: Int) {
    initial = Array(repeating: 0, count: count)
    rates = Array(repeating: 1, count: count)
  }

  /// The relative rate of the term at `index`, `r`.
  subscript(index: Int) -> Double { rates[index] }

  /// Updates the rates with the sizes of the terms on a minibatch; the first sizes are kept.
  mutating func update(with sizes: [Double], of terms: [LossTerm]) {
    var sum = 0.0
    var count = 0.0
    var trial =
      trial ?? FirstSizes(count: terms.count, isOver: initial.contains { $0 > 0 })
    for index in terms.indices where terms[index].takesPart {
      let size = max(sizes[index], 0)
      initial[index] = trial.reconsidered(initial[index], after: size, at: index)
      rates[index] = initial[index] == 0 ? 1 : min(size / initial[index], FirstSizes.growthLimit)
      sum += rates[index]
      count += 1
    }
    for index in terms.indices where sum > 0 && terms[index].takesPart {
      rates[index] /= sum / count
    }
    self.trial = trial
  }

  /// What the term at `index` has to have of the mean length of the terms in `indices`,
  /// `rᵢ^α / mean r^α`.
  ///
  /// Divided by their mean, the targets add up to what there is to share. The published `rᵢ^α` add
  /// up to more for `α > 1`; then no weights meet them and all but the slowest term lose theirs for
  /// good.
  func targets(power exponent: Double, of indices: [Int]) -> [Double] {
    let powers = indices.map { power(rates[$0], exponent) }
    let mean = powers.reduce(0, +) / Double(powers.count)
    return powers.map { mean > 0 ? $0 / mean : 1 }
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.requireState(initial, "first sizes")
    try balancer.requireState(rates, "relative rates")
    try trial?.validate(for: balancer)
  }
}
