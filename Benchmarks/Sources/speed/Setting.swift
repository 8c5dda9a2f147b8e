import ControlEnvironments
import Foundation
import PolicyOptimization

/// A training setting of CartPole, and how much arithmetic it needs.
struct Setting {
  var environments = 64
  var steps = 128
  var minibatch = 2048
  var epochs = 4
  var widths = [64, 64]
  var sharesTrunk = false
  var balancer = "fixed"

  /// The one that toolkits are compared in: 64 environments × 128 steps, minibatches of 2048 rows, 4
  /// epochs, separate networks of two layers of 64.
  static let common = Setting()

  var text: String {
    let networks = widths.map(String.init).joined(separator: "-") + (sharesTrunk ? " shared" : "")
    return "\(environments) × \(steps), minibatch \(minibatch), \(epochs) epochs, \(networks)"
  }

  /// Floating-point operations of the matrix products of one pass of both networks forwards for one
  /// row: four observations, two actions, one value.
  var operationsOfPass: Double {
    let sizes = [4] + widths
    let trunk = zip(sizes, widths).map { 2 * Double($0) * Double($1) }.reduce(0, +)
    let heads = 2 * Double(widths.last ?? 4) * 3
    return (sharesTrunk ? trunk : 2 * trunk) + heads
  }

  /// The operations for a step of an environment: one pass in the rollout, and in every epoch one
  /// forwards and twice as much backwards.
  var operationsOfStep: Double { operationsOfPass * (1 + 3 * Double(epochs)) }

  /// Trains at least so many steps and gives the steps and the seconds that they took.
  func train(steps total: Int, threads: Int) throws -> (steps: Int, seconds: Double) {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = environments
    hyperparameters.stepsPerRollout = steps
    hyperparameters.minibatchSize = minibatch
    hyperparameters.updateEpochs = epochs
    hyperparameters.hiddenSizes = widths
    hyperparameters.sharesTrunk = sharesTrunk
    hyperparameters.balancer = balancer
    hyperparameters.learningRate = 2.5e-4
    hyperparameters.normalizesReturns = false
    hyperparameters.totalTimesteps = total
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: threads)
    let seconds = try elapsed { try trainer.train() }
    return (trainer.timestep, seconds)
  }
}
