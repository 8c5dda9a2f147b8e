import LossBalancing
import TensorCore

/// One training: a method, an optimiser, a learning rate and a seed.
struct LocalizationRun: Sendable {
  let method: LocalizationMethod
  let optimizer: LocalizationOptimizer
  let rate: Double
  let seed: Int

  struct Result: Sendable {
    let validation: LocalizationScore
    let test: LocalizationScore
    let firstLosses: [Double]
    let lastWeights: [Double]
  }

  static let minibatch = 64

  func callAsFunction(
    on problem: LocalizationProblem, width: Int, steps: Int
  ) throws(BalancerError) -> Result {
    let network = Localizer(width: width)
    let parameters = Buffer(count: network.layout.count)
    let gradient = Buffer(count: parameters.count)
    network.initialize(parameters, seed: seed)
    let loss = CompositeLoss(
      termCount: 2, parameterCount: parameters.count, pool: WorkerPool(count: 1))
    let optimizer = optimizer.make(parameters.count)
    var balanced = BalancedGradient(try method.make(LocalizationMethod.terms()), seed: seed)
    var first: [Double] = []
    for step in 0..<steps {
      loss.forward(rows: Self.minibatch, at: parameters) { tape, rows in
        let start = step * Self.minibatch
        network.record(
          problem.training, start + rows.lowerBound..<start + rows.upperBound, on: tape)
      }
      if step == 0 { first = loss.values }
      if !loss.values.allSatisfy(\.isFinite) { break }
      try balanced.write(to: gradient, of: loss)
      optimizer.step(parameters, gradient: gradient, gradientScale: 1, learningRate: rate)
    }
    return Result(
      validation: network.score(problem.validation, at: parameters),
      test: network.score(problem.test, at: parameters), firstLosses: first,
      lastWeights: balanced.weights)
  }
}
