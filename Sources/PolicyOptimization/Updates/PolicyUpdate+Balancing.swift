import LossBalancing
import RandomStreams
import TensorCore

// How the losses become one gradient: the balancer chooses the weights, from as little as it needs.

extension PolicyUpdate {
  /// Computes the gradient of the balanced sum into ``gradient``.
  func balancedGradient(rows: Int, _ record: CompositeLoss.Body) throws(TrainingError) {
    let required = balancer.requiredInformation
    switch required {
    case .nothing:
      chooseWeights()
      loss.gradient(weights, rows: rows, at: parameters, into: gradient, record)
      measureValues()
    case .values, .magnitudes, .featureGradients, .gramian:
      loss.forward(rows: rows, at: parameters, record)
      measureValues()
      measureGradients(required)
      try checkFinite(required)
      chooseWeights()
      loss.pullback(weights, into: gradient)
    case .gradients:
      loss.forward(rows: rows, at: parameters, record)
      measureValues()
      measureGradients(required)
      try checkFinite(required)
      combineGradients()
    }
    // Values and magnitudes are by-products of every forward pass.
    report.record(
      weights, chosenBy: balancer, from: measurement, measured: max(required, .magnitudes))
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
      if required == .gradients { measurement.measureGradients(rows.elements.span) }
    }
  }

  /// Each minibatch has random numbers of its own.
  private var generator: any RandomNumberGenerator {
    RandomStream(seed: seed, purpose: .balancing, index: 0, position: UInt64(measurement.step) << 8)
  }

  private func chooseWeights() {
    var generator = generator
    balancer.updateWeights(&weights, from: measurement, using: &generator)
  }

  /// Lets the balancer combine the gradients itself.
  private func combineGradients() {
    guard let gradients else { return }
    var generator = generator
    let sum = UnsafeMutableBufferPointer(start: gradient.pointer, count: gradient.count)
    var update = sum.mutableSpan
    balancer.updateWeights(
      &weights, from: measurement, combining: gradients.elements.span, into: &update,
      using: &generator)
  }

  /// Shows the balancer what its weights have led to, if it wants to know.
  func lookAgain(at minibatch: Minibatch, clipRange: Float) {
    guard balancer.needsSecondLook else { return }
    forward(minibatch, clipRange: clipRange)
    measureValues()
    balancer.observeStep(measurement)
  }
}
