/// Logarithms of scales that a balancer learns by gradient descent, one for each term.
///
/// Learning a logarithm is slow: a scale of 1e5 is `ln(1e5) / rate` steps away. Therefore they can
/// start where they would end for the first values. A loss that jumps upwards makes a gradient as
/// large as the jump, hence steps are limited. And a loss that stays 0 would drive its scale
/// off for ever, hence the logarithms are.
struct LearnedLogarithms: Sendable, Codable, Hashable {
  /// The largest absolute value of a logarithm.
  static let bound = 27.631_021_115_928_547  // of a factor of 1e12

  /// The learning rate, positive.
  let rate: Double

  /// The largest change in one step.
  let stepLimit: Double

  private(set) var values: [Double]
  private var hasStarted: [Bool]

  init(count: Int, rate: Double, stepLimit: Double, startsAtFirstValues: Bool) {
    self.rate = rate
    self.stepLimit = stepLimit
    values = Array(repeating: 0, count: count)
    hasStarted = Array(repeating: !startsAtFirstValues, count: count)
  }

  subscript(index: Int) -> Double { values[index] }

  /// Starts the logarithm at `index` where `factor`, the first that is positive, has its own.
  mutating func start(_ index: Int, at factor: Double) {
    guard !hasStarted[index] && factor > 0 && factor.isFinite else { return }
    values[index] = bounded(naturalLogarithm(factor))
    hasStarted[index] = true
  }

  /// Takes a step of gradient descent.
  mutating func descend(_ index: Int, along gradient: Double) {
    let step = min(max(rate * gradient, -stepLimit), stepLimit)
    values[index] = bounded(values[index] - step)
  }

  func isBounded(at index: Int) -> Bool { abs(values[index]) == Self.bound }

  private func bounded(_ value: Double) -> Double { min(max(value, -Self.bound), Self.bound) }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require(rate > 0 && rate.isFinite, "rate", rate, toBe: "positive")
    try balancer.require(
      stepLimit > 0 && stepLimit.isFinite, "stepLimit", stepLimit, toBe: "positive")
    try balancer.requireState(values, "logarithms")
    try balancer.requireState(hasStarted.map { $0 ? 1 : 0 }, "starts")
  }
}
