import LossBalancing
import NeuralNetworks

/// A way to add up the two losses, and what the numpy pilot of the reference found for it.
struct LocalizationMethod: Sendable {
  let name: String
  /// Accuracy and box error of the pilot, under Adam and under gradient descent.
  let adam: String
  let descent: String
  let make: @Sendable ([LossTerm]) throws(BalancerError) -> any LossBalancer

  /// The terms, of which either may be left out.
  static func terms(class: Double = 1, box: Double = 1) -> [LossTerm] {
    [
      LossTerm(name: "class", kind: .nonNegative, priority: `class`),
      LossTerm(name: "box", kind: .nonNegative, priority: box),
    ]
  }

  static let all = [
    LocalizationMethod(name: "class alone", adam: "0.714 / –", descent: "0.709 / –") { _ in
      FixedCoefficients(terms: terms(box: 0))
    },
    LocalizationMethod(name: "box alone", adam: "– / 0.441", descent: "– / 0.387") { _ in
      FixedCoefficients(terms: terms(class: 0))
    },
    LocalizationMethod(name: "sum", adam: "0.426 / 0.442", descent: "0.396 / 0.418") {
      FixedCoefficients(terms: $0)
    },
    LocalizationMethod(name: "box ÷ 1e4", adam: "0.712 / 0.822", descent: "0.682 / 2.61") { _ in
      FixedCoefficients(terms: terms(box: 1e-4))
    },
    LocalizationMethod(name: "running-max", adam: "0.698 / 0.529", descent: "0.711 / 2.81") {
      terms throws(BalancerError) in try RunningMaximum(terms: terms)
    },
    LocalizationMethod(name: "log", adam: "0.688 / 0.459", descent: "0.706 / 2.81") {
      terms throws(BalancerError) in try LogNormalization(terms: terms)
    },
    LocalizationMethod(name: "encodec", adam: "0.605 / 0.432", descent: "0.614 / 0.500") {
      terms throws(BalancerError) in try EnCodecBalance(terms: terms)
    },
    LocalizationMethod(name: "gradnorm", adam: "0.583 / 0.513", descent: "0.609 / 0.446") {
      terms throws(BalancerError) in try GradNorm(terms: terms)
    },
    LocalizationMethod(
      name: "gradnorm-published", adam: "0.144 / 0.495", descent: "0.242 / 0.501"
    ) { terms throws(BalancerError) in try PublishedGradNorm(terms: terms) },
  ]
}

/// An optimiser and the learning rates that are tried with it, each √10 times the one before.
struct LocalizationOptimizer: Sendable {
  let name: String
  let rates: [Double]
  let make: @Sendable (Int) -> any Optimizer

  static let all = [
    LocalizationOptimizer(name: "Adam", rates: rates(from: 1e-3, count: 7)) { Adam(count: $0) },
    LocalizationOptimizer(name: "SGD", rates: rates(from: 1e-5, count: 17)) {
      StochasticGradientDescent(count: $0)
    },
  ]

  private static func rates(from first: Double, count: Int) -> [Double] {
    (0..<count).map { index in
      let decade = (0..<index / 2).reduce(first) { rate, _ in rate * 10 }
      return index.isMultiple(of: 2) ? decade : decade * 10.0.squareRoot()
    }
  }
}
