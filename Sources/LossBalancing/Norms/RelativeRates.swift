/// How fast each term has been learnt compared with the others, `r` of GradNorm.
///
///     L̃ᵢ = Lᵢ / Lᵢ(0),  rᵢ = L̃ᵢ / mean L̃
///
/// A term that was 0 at first has no rate; it counts as if it had stayed where it was.
struct RelativeRates: Sendable, Codable, Hashable {
  private var initial: [Double]
  private var rates: [Double]

  init(count: Int) {
    initial = Array(repeating: 0, count: count)
    rates = Array(repeating: 1, count: count)
  }

  /// The relative rate of the term at `index`, `r`.
  subscript(index: Int) -> Double { rates[index] }

  /// Looks at the sizes of the terms on a minibatch; at the first one it keeps them.
  mutating func update(with sizes: [Double], of terms: [LossTerm]) {
    var sum = 0.0
    var count = 0.0
    for index in terms.indices where terms[index].takesPart {
      if initial[index] == 0 { initial[index] = sizes[index] }
      rates[index] = initial[index] == 0 ? 1 : sizes[index] / initial[index]
      sum += rates[index]
      count += 1
    }
    for index in terms.indices where sum > 0 && terms[index].takesPart {
      rates[index] /= sum / count
    }
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.requireState(initial, "first sizes")
    try balancer.requireState(rates, "relative rates")
  }
}
