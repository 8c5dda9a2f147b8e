/// Ratios between weights and priorities, kept within limits.
///
/// The first ratio is taken as it comes; later ones change by no more than a factor with each
/// minibatch. A jump is expensive: Adam remembers one by the factor `R` for some
/// `ln((1 − β₂) R²) / (1 − β₂)` steps.
struct LimitedRatios: Sendable, Codable, Hashable {
  /// The largest ratio, and one over the smallest.
  let ratioLimit: Double

  /// The largest factor between two ratios that follow each other, if there is one.
  let stepLimit: Double?

  /// The last ratios; 0 where there was none yet.
  private var ratios: [Double]
  private var clamped: [Bool]

  init(count: Int, ratioLimit: Double, stepLimit: Double?) {
    self.ratioLimit = ratioLimit
    self.stepLimit = stepLimit
    ratios = Array(repeating: 0, count: count)
    clamped = Array(repeating: false, count: count)
  }

  /// The ratio nearest to `ratio` that the term at `index` is allowed.
  mutating func limit(_ ratio: Double, at index: Int) -> Double {
    var limited = min(max(ratio, 1 / ratioLimit), ratioLimit)
    if let stepLimit, ratios[index] > 0 {
      limited = min(max(limited, ratios[index] / stepLimit), ratios[index] * stepLimit)
    }
    clamped[index] = limited != ratio
    ratios[index] = limited
    return limited
  }

  func isClamped(at index: Int) -> Bool { clamped[index] }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require(
      (1...1e30).contains(ratioLimit), "ratioLimit", ratioLimit, toBe: "in 1...1e30")
    if let stepLimit {
      try balancer.require(
        stepLimit > 1 && stepLimit.isFinite, "stepLimit", stepLimit, toBe: "above 1")
    }
    try balancer.requireState(ratios, "ratios")
    try balancer.requireState(clamped.map { $0 ? 1 : 0 }, "clamps")
  }
}
