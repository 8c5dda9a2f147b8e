/// Adam for the few numbers that a balancer learns itself, with its decay in the gradient.
///
/// Source: Kingma and Ba, *Adam: A Method for Stochastic Optimization*,
/// <https://arxiv.org/abs/1412.6980>.
struct AdamState: Sendable, Codable, Hashable {
  /// The learning rate, positive.
  let rate: Double

  /// What of the numbers is added to their gradient, at least 0.
  let decay: Double

  private var first: [Double]
  private var second: [Double]
  private var firstRemainder = 1.0
  private var secondRemainder = 1.0

  init(count: Int, rate: Double, decay: Double) {
    self.rate = rate
    self.decay = decay
    first = Array(repeating: 0, count: count)
    second = first
  }

  mutating func step(_ numbers: inout [Double], along gradient: [Double]) {
    firstRemainder *= 0.9
    secondRemainder *= 0.999
    for index in numbers.indices {
      let slope = gradient[index] + decay * numbers[index]
      first[index] = 0.9 * first[index] + 0.1 * slope
      second[index] = 0.999 * second[index] + 0.001 * slope * slope
      let deviation = (second[index] / (1 - secondRemainder)).squareRoot()
      numbers[index] -= rate * first[index] / (1 - firstRemainder) / (deviation + 1e-8)
    }
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require(rate > 0 && rate.isFinite, "rate", rate, toBe: "positive")
    try balancer.require(decay >= 0 && decay.isFinite, "weightDecay", decay, toBe: "at least 0")
    try balancer.requireState(first, "first moments")
    try balancer.requireState(second, "second moments")
    try balancer.requireState([firstRemainder, secondRemainder], "remainders", count: 2)
  }
}
