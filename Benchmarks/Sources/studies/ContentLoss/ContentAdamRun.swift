import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

/// The same picture under Adam, where the weight matters by ε and as a schedule.
struct ContentAdamRun: Sendable {
  let name: String
  let epsilon: Double
  let make: @Sendable ([LossTerm]) throws(BalancerError) -> any LossBalancer

  static let methods: [(String, @Sendable ([LossTerm]) throws(BalancerError) -> any LossBalancer)] =
    [
      ("×1000", { terms in FixedCoefficients(terms: terms.map { $0.times(1000) }) }),
      ("×1", { terms in FixedCoefficients(terms: terms) }),
      (
        "running-max",
        { terms throws(BalancerError) in try RunningMaximum(terms: terms, statistic: .value) }
      ),
      (
        "log",
        { terms throws(BalancerError) in try LogNormalization(terms: terms, statistic: .value) }
      ),
    ]

  /// The loss after a thousand steps of rate 0.02.
  func callAsFunction(on problem: ContentProblem) throws(BalancerError) -> Double {
    var balancer = try make([LossTerm(name: "content", kind: .nonNegative)])
    let (picture, tape) = (Buffer(problem.start.array), Tape())
    let gradient = Buffer(count: picture.count)
    let adam = Adam(count: picture.count, epsilon: epsilon)
    var generator: any RandomNumberGenerator = RandomStream(
      seed: 1, purpose: .balancing, index: 0)
    var (weights, measurement) = ([0.0], LossMeasurement(count: 1))
    var lowest = Double.infinity
    for _ in 0..<1000 {
      let loss = problem.evaluate(picture, gradient: gradient, on: tape)
      lowest = min(lowest, loss)
      measurement.values = [loss]
      measurement.magnitudes = [loss]
      try balancer.updateWeights(&weights, from: measurement, using: &generator)
      adam.step(
        picture, gradient: gradient, gradientScale: Float(weights[0]), learningRate: 0.02)
    }
    return lowest
  }
}

extension LossTerm {
  fileprivate func times(_ factor: Double) -> LossTerm {
    LossTerm(name: name, kind: kind, priority: priority * factor)
  }
}
