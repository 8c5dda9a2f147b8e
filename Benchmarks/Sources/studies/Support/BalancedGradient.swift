import LossBalancing
import RandomStreams
import TensorCore

/// Puts a balancer between the two passes of a composite loss: measures what it asks for, lets it
/// choose the weights and computes the gradient.
struct BalancedGradient {
  /// The balancer, whose state goes on from minibatch to minibatch.
  private(set) var balancer: any LossBalancer
  /// The weights of the last minibatch.
  private(set) var weights: [Double]

  private var measurement: LossMeasurement
  private var generator: any RandomNumberGenerator
  private var rows: Buffer?

  init(_ balancer: any LossBalancer, seed: Int = 1) {
    self.balancer = balancer
    let count = balancer.terms.count
    weights = Array(repeating: 0, count: count)
    measurement = LossMeasurement(count: count)
    generator = RandomStream(seed: UInt64(seed), purpose: .balancing, index: 0)
  }

  /// Writes the gradient of the weighted sum at the last forward pass.
  mutating func write(to gradient: Buffer, of loss: CompositeLoss) throws(BalancerError) {
    let level = balancer.requiredInformation
    read(loss)
    if level == .featureGradients { loss.featureGramian(into: &measurement.gramian) }
    if level >= .gramian { measureGradients(of: loss, width: gradient.count) }
    if level == .gradients, let rows {
      try rows.withSpan { (rows) throws(BalancerError) in
        try gradient.withMutableSpan { (gradient) throws(BalancerError) in
          try balancer.updateWeights(
            &weights, from: measurement, combining: rows, into: &gradient, using: &generator)
        }
      }
    } else {
      try balancer.updateWeights(&weights, from: measurement, using: &generator)
      loss.pullback(weights, into: gradient)
    }
    measurement.step += 1
  }

  /// Gives the balancer the values of the minibatch after the step, if it needs them.
  mutating func observeStep(_ loss: CompositeLoss, forward: () -> Void) {
    guard balancer.needsPostStepValues else { return }
    forward()
    read(loss)
    balancer.observeStep(measurement)
  }

  private mutating func read(_ loss: CompositeLoss) {
    for index in loss.values.indices {
      measurement.values[index] = loss.values[index]
      measurement.magnitudes[index] = loss.magnitudes[index]
    }
  }

  private mutating func measureGradients(of loss: CompositeLoss, width: Int) {
    let rows = self.rows ?? Buffer(count: width * weights.count)
    self.rows = rows
    loss.gradients(into: rows, gramian: &measurement.gramian)
    rows.withSpan { measurement.measureGradients($0) }
  }
}
