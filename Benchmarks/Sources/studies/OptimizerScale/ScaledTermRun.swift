import LossBalancing
import NeuralNetworks
import TensorCore

/// A training in which the box's loss is a constant times what it was, from the first step on.
struct ScaledTermRun: Sendable {
  /// An optimiser that is compared.
  struct Kind: Sendable {
    let name: String
    let rate: Double
    let make: @Sendable (Int) -> any Optimizer
  }

  static let kinds = [
    Kind(name: "SGD", rate: 1e-3) { StochasticGradientDescent(count: $0) },
    Kind(name: "Adam, ε = 0", rate: 1e-3) { Adam(count: $0, epsilon: 0) },
    Kind(name: "Adam, ε = 1e-5", rate: 1e-3) { Adam(count: $0, epsilon: 1e-5) },
  ]

  let balancer: String
  let kind: Kind
  let factor: Float
  let steps: Int

  /// The parameters at the end; nothing if they are not finite.
  func callAsFunction(on problem: LocalizationProblem) throws(BalancerError) -> [Float] {
    let network = Localizer(width: 32)
    let parameters = Buffer(count: network.layout.count)
    let gradient = Buffer(count: parameters.count)
    network.initialize(parameters, seed: 1)
    let loss = CompositeLoss(
      termCount: 2, parameterCount: parameters.count, pool: WorkerPool(count: 1))
    let optimizer = kind.make(parameters.count)
    var balanced = BalancedGradient(
      try BalancerRegistry.make(balancer, terms: LocalizationMethod.terms()))
    for step in 0..<steps {
      let forward = {
        loss.forward(rows: 64, at: parameters) { tape, rows in
          let range = step * 64 + rows.lowerBound..<step * 64 + rows.upperBound
          network.record(problem.training, range, boxFactor: factor, on: tape)
        }
      }
      forward()
      try balanced.write(to: gradient, of: loss)
      optimizer.step(parameters, gradient: gradient, gradientScale: 1, learningRate: kind.rate)
      balanced.observeStep(loss, forward: forward)
    }
    return parameters.array
  }
}
