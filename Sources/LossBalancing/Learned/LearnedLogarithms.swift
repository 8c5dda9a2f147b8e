/// Logarithms of scales that a balancer learns by gradient descent, one for each term.
///
/// Learning a logarithm is slow: a scale of 1e5 is `ln(1e5) / rate` steps away. Therefore they can
/// start where they would end for the first values. A loss that jumps upwards makes a gradient as
/// large as the jump, hence steps are limited. A loss that stays 0 would drive its scale to an end
/// that is none, hence the logarithms are limited.
///
/// A value of more than ``jump`` times the one that a logarithm rests at is weighted as if it rested
/// there, and if the next value is as large, the logarithm begins again from it. Otherwise a first
/// loss of 1e-12 would give a term 1e12 times its weight, and take dozens of steps to undo.
struct LearnedLogarithms: Sendable, Codable, Hashable {
  /// The largest absolute value of a logarithm.
  static let bound = 27.631_021_115_928_547  // of a factor of 1e12

  /// The learning rate, positive.
  let rate: Double

  /// The largest change in one step.
  let stepLimit: Double

  /// How many times the value that a logarithm rests at is no longer noise.
  static let jump = 1e5

  private(set) var values: [Double]
  private var hasStarted: [Bool]

  /// Whether the last value of each term was a jump. Not in the states of version 0.9.
  private var jumped: [Bool]?

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

  /// Chooses the logarithm to weight a value with, and restarts it if two values in a row jump.
  ///
  /// - Parameters:
  ///   - index: Where the term is.
  ///   - ratio: The value divided by the one that the logarithm rests at.
  ///   - resting: The logarithm that rests at the value.
  /// - Returns: The logarithm to weigh the value with.
  mutating func logarithm(_ index: Int, at ratio: Double, resting: Double) -> Double {
    var jumped = jumped ?? Array(repeating: false, count: values.count)
    let isJump = ratio > Self.jump
    if isJump && jumped[index] { values[index] = bounded(resting) }
    jumped[index] = isJump && !jumped[index]
    self.jumped = jumped
    return isJump ? bounded(resting) : values[index]
  }

  /// Takes a step of gradient descent.
  mutating func descend(_ index: Int, along gradient: Double) {
    let step = min(max(rate * gradient, -stepLimit), stepLimit)
    values[index] = bounded(values[index] - step)
  }

  /// Whether the logarithm of the term at `index` is at its bound, or was not used for a jump.
  func isBounded(at index: Int) -> Bool {
    abs(values[index]) == Self.bound || jumped?[index] ?? false
  }

  private func bounded(_ value: Double) -> Double { min(max(value, -Self.bound), Self.bound) }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require(rate > 0 && rate.isFinite, "rate", rate, toBe: "positive")
    try balancer.require(
      stepLimit > 0 && stepLimit.isFinite, "stepLimit", stepLimit, toBe: "positive")
    try balancer.requireState(values, "logarithms")
    try balancer.requireState(hasStarted.map { $0 ? 1 : 0 }, "starts")
    try balancer.requireState((jumped ?? hasStarted).map { $0 ? 1 : 0 }, "jumps")
  }
}
