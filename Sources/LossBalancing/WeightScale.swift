/// What is held constant while weights are balanced against each other.
///
/// A balancer of gradients decides ratios of weights. Their common factor acts like the learning
/// rate and the clipping threshold, so something has to fix it.
public enum WeightScale: Sendable, Codable, Hashable {
  /// The weights add up to what the priorities add up to.
  case sum
  /// The weight of the term with this name stays its priority, and the others follow it.
  case anchor(String)

  /// The scale that suits `terms`: the first signed one that takes part is the anchor, and without
  /// one the sum is held.
  ///
  /// In PPO that is the policy's term. With normalised advantages it needs no balancing, and what
  /// is known about good learning rates and thresholds holds for it.
  public static func natural(for terms: [LossTerm]) -> WeightScale {
    let anchor = terms.first { $0.takesPart && $0.kind == .signed }
    return anchor.map { .anchor($0.name) } ?? .sum
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    if case .anchor(let name) = self { try balancer.requireTerm(named: name) }
  }

  /// What has to be subtracted from `logFactors`, the logarithms of weights divided by priorities,
  /// for the terms for which `takesPart` holds.
  func shift(
    of logFactors: [Double], terms: [LossTerm], where takesPart: (Int) -> Bool
  ) -> Double {
    switch self {
    case .sum:
      var priorities = 0.0
      var sum = 0.0
      for index in terms.indices where takesPart(index) {
        priorities += terms[index].priority
        sum += terms[index].priority * exponential(logFactors[index])
      }
      return priorities == 0 ? 0 : naturalLogarithm(sum / priorities)
    case .anchor(let name):
      let anchor = terms.indices.first { terms[$0].name == name && takesPart($0) }
      return anchor.map { logFactors[$0] } ?? 0
    }
  }
}
