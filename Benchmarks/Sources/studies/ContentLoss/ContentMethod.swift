import LossBalancing

/// What the content loss is multiplied with, and when.
struct ContentMethod: Sendable {
  /// When a new weight is asked for.
  enum Cadence: Sendable {
    /// At every evaluation, also between two that L-BFGS compares.
    case evaluation
    /// Before each step of up to twenty iterations.
    case step
    /// Before each step, and L-BFGS is told.
    case stepTold
    /// Never: the objective is the logarithm itself.
    case logarithm
  }

  let name: String
  /// The loss after 100, 300, 500 and 1000 evaluations relative to ×1000 in the numpy pilot.
  let pilot: String
  let cadence: Cadence
  /// Whether L-BFGS stops at its absolute tolerances.
  var stopsAtTolerances = true
  let make: @Sendable () throws(BalancerError) -> any LossBalancer

  private static func term(_ priority: Double = 1) -> [LossTerm] {
    [LossTerm(name: "content", kind: .nonNegative, priority: priority)]
  }

  private static func constant(_ factor: Double, _ name: String, pilot: String) -> ContentMethod {
    ContentMethod(name: name, pilot: pilot, cadence: .evaluation) {
      FixedCoefficients(terms: term(factor))
    }
  }

  static let reference = constant(1000, "×1000", pilot: "1, 1, 1, 1")
  /// The same where nothing absolute is left, which the log weight, too, leaves behind.
  static let unlimited = ContentMethod(
    name: "×1000, no tolerance", pilot: "", cadence: .evaluation, stopsAtTolerances: false
  ) { FixedCoefficients(terms: term(1000)) }

  static let shipped = ContentMethod(
    name: "log each step, told", pilot: "1.000, 1.000, 0.998, 1.001", cadence: .stepTold
  ) { () throws(BalancerError) in try LogNormalization(terms: term(), statistic: .value) }

  static let all = [
    reference,
    unlimited,
    constant(1, "×1", pilot: "2.62, 2.25, 3.23, 5.34"),
    constant(1e6, "×1e6", pilot: "1.000, 1.000, 0.998, 1.003"),
    ContentMethod(
      name: "running-max", pilot: "1.000, 1.000, 1.001, 1.056", cadence: .evaluation
    ) { () throws(BalancerError) in try RunningMaximum(terms: term(), statistic: .value) },
    ContentMethod(
      name: "log each evaluation", pilot: "39.1, 37.9, 15.7, 7.6", cadence: .evaluation
    ) { () throws(BalancerError) in try LogNormalization(terms: term(), statistic: .value) },
    ContentMethod(
      name: "average each evaluation", pilot: "5.03, 1.90, 1.82, 2.46", cadence: .evaluation
    ) { () throws(BalancerError) in try AverageMagnitude(terms: term(), decay: 0.9) },
    ContentMethod(
      name: "objective log L", pilot: "15.9, 8.6, 5.3, 4.2", cadence: .logarithm
    ) { FixedCoefficients(terms: term()) },
    ContentMethod(name: "log each step", pilot: "26.5, 83.3, 39.1, 44.2", cadence: .step) {
      () throws(BalancerError) in try LogNormalization(terms: term(), statistic: .value)
    },
    shipped,
  ]

  /// The naive ways to normalise by the logarithm.
  static let naive = ["log each evaluation", "objective log L", "log each step"]
}
