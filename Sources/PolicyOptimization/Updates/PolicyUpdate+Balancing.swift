import LossBalancing
import RandomStreams
import TensorCore

// How the losses become one gradient: the balancer chooses the weights, from as little as it needs.

extension PolicyUpdate {
  /// Computes the gradient of the balanced sum into ``gradient``.
  func balancedGradient(rows: Int, _ record: CompositeLoss.Body) {
    let required = balancer.requiredInformation
    if required == .nothing {
      chooseWeights()
      loss.gradient(weights, rows: rows, at: parameters, into: gradient, record)
      measureValues()
    } else {
      loss.forward(rows: rows, at: parameters, record)
      measureValues()
      measureGradients(required)
      chooseWeights()
      loss.pullback(weights, into: gradient)
    }
    report.record(weights, chosenBy: balancer, from: measurement, measured: required)
    measurement.step += 1
  }

  private func measureValues() {
    for term in 0..<loss.termCount {
      measurement.values[term] = loss.values[term]
      measurement.magnitudes[term] = loss.magnitudes[term]
    }
  }

  private func measureGradients(_ required: RequiredInformation) {
    if required == .featureGradients {
      loss.featureGramian(into: &measurement.gramian)
    } else if required >= .gramian {
      let rows = gradients ?? Buffer(count: loss.termCount * parameters.count)
      gradients = rows
      loss.gradients(into: rows, gramian: &measurement.gramian)
    }
  }

  private func chooseWeights() {
    var generator: any RandomNumberGenerator = RandomStream(
      seed: seed, purpose: .balancing, index: 0, position: UInt64(measurement.step) << 8)
    balancer.updateWeights(&weights, from: measurement, using: &generator)
  }
}
