import EnvironmentKit
import LossBalancing
import TensorCore

// What a network and the losses of a user's own give, tried before the first step.

extension PolicyUpdate {
  /// Evaluates the network, and the losses beside those of PPO, on a few rows of zeros.
  ///
  /// - Parameters:
  ///   - environment: What is trained in.
  ///   - minibatch: Memory for the rows of a step; its rollout holds zeros.
  /// - Throws: ``NetworkMismatch`` that names the output or the loss term that does not fit.
  func checkShapes(
    in environment: any BatchableEnvironment, _ minibatch: Minibatch
  ) throws(NetworkMismatch) {
    let tape = try network.checkFit(to: environment, parameters: parameters)
    if balancer.requiredInformation == .featureGradients, tape.featureWidth == 0 {
      throw NetworkMismatch(
        description: """
          The balancer \(hyperparameters.balancer) compares gradients at the features of the network, \
          but the network records none. Give Tape.addFeatures the outputs of its last hidden layers.
          """)
    }
    try checkAuxiliaryLosses(of: minibatch)
  }

  private func checkAuxiliaryLosses(of minibatch: Minibatch) throws(NetworkMismatch) {
    if auxiliaryLosses.isEmpty { return }
    let sequences = min(2, hyperparameters.minibatchSize / sequenceLength)
    minibatch.select(ArraySlice((0..<sequences).map(Int32.init)), normalizesAdvantages: false)
    let tape = Tape()
    tape.reset(parameters: parameters)
    let batch = minibatch.rows(0..<minibatch.count, on: tape)
    let output = network(batch.input, on: tape)
    for loss in auxiliaryLosses {
      let rows = loss.rows(batch, output, tape)
      try rows.check("The loss term \(loss.term.name)", is: Shape(minibatch.count))
    }
  }
}
