import Foundation
import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

/// What a run has reached.
struct ContentResult: Sendable {
  static let checkpoints = Array(stride(from: 100, through: 1000, by: 100))

  /// The lowest loss until each checkpoint.
  var losses: [Double] = []
  var firstLoss = 0.0
  /// After how many evaluations L-BFGS called the gradient flat, if it did.
  var flatAfter: Int?
  /// How many of the steps ended after one iteration.
  var shortSteps = 0
  var steps = 0
  /// How many pairs L-BFGS has at the end.
  var pairs = 0
}

/// One picture under L-BFGS: rate 0.5, twenty iterations a step, history 100, as in PyTorch.
struct ContentRun: Sendable {
  let method: ContentMethod
  let lineSearch: LimitedMemoryBFGS.LineSearch

  func callAsFunction(on problem: ContentProblem) throws(BalancerError) -> ContentResult {
    var state = ContentState(problem, try method.make(), method.cadence)
    let optimizer = makeOptimizer(count: problem.start.count)
    while state.result.losses.count < ContentResult.checkpoints.count {
      state.beginStep(optimizer)
      let picture = state.picture
      let outcome = optimizer.step(picture, learningRate: lineSearch == .fixed ? 0.5 : 1) {
        state.evaluate(gradient: $0)
      }
      if let refusal = state.refusal { throw refusal }
      state.result.steps += 1
      if outcome.iterations <= 1 { state.result.shortSteps += 1 }
      if outcome.ending == .flatGradient && state.result.flatAfter == nil {
        state.result.flatAfter = state.evaluations
      }
    }
    state.result.pairs = optimizer.pairCount
    return state.result
  }

  private func makeOptimizer(count: Int) -> LimitedMemoryBFGS {
    method.stopsAtTolerances
      ? LimitedMemoryBFGS(count: count, lineSearch: lineSearch)
      : LimitedMemoryBFGS(
        count: count, gradientTolerance: 0, changeTolerance: 0, curvatureTolerance: 0,
        lineSearch: lineSearch)
  }
}

/// A picture, the weight of its loss and what was reached so far.
private struct ContentState {
  let problem: ContentProblem
  let picture: Buffer
  let cadence: ContentMethod.Cadence
  let tape = Tape()
  var balancer: any LossBalancer
  var weights = [1.0]
  /// Why the balancer chose no weights; L-BFGS cannot pass it on from an evaluation.
  var refusal: BalancerError?
  var evaluations = 0
  var result = ContentResult()

  private var loss: Double
  private var lowest = Double.infinity
  private var generator: any RandomNumberGenerator = RandomStream(
    seed: 1, purpose: .balancing, index: 0)

  init(_ problem: ContentProblem, _ balancer: any LossBalancer, _ cadence: ContentMethod.Cadence) {
    (self.problem, self.balancer, self.cadence) = (problem, balancer, cadence)
    picture = Buffer(problem.start.array)
    loss = problem.evaluate(picture, gradient: Buffer(count: picture.count), on: tape)
    result.firstLoss = loss
    chooseWeight()
  }

  private mutating func chooseWeight() {
    var measurement = LossMeasurement(count: 1)
    measurement.values = [loss]
    measurement.magnitudes = [loss]
    do throws(BalancerError) {
      try balancer.updateWeights(&weights, from: measurement, using: &generator)
    } catch {
      refusal = error
    }
  }

  mutating func beginStep(_ optimizer: LimitedMemoryBFGS) {
    guard cadence == .step || cadence == .stepTold else { return }
    let before = weights[0]
    chooseWeight()
    if cadence == .stepTold { optimizer.rescaleCurvature(by: weights[0] / before) }
  }

  /// The objective as L-BFGS sees it.
  mutating func evaluate(gradient: Buffer) -> Double {
    loss = problem.evaluate(picture, gradient: gradient, on: tape)
    evaluations += 1
    lowest = min(lowest, loss)
    if evaluations.isMultiple(of: 100) && evaluations <= 1000 { result.losses.append(lowest) }
    if cadence == .evaluation { chooseWeight() }
    let weight = cadence == .logarithm ? 1 / loss : weights[0]
    gradient.assign(gradient.array.map { $0 * Float(weight) })
    return cadence == .logarithm ? log(loss) : weight * loss
  }
}
