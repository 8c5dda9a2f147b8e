import LossBalancing
import RandomStreams
import TensorCore

// How the losses become one gradient: the balancer chooses the weights, from as little as it needs.

extension PolicyUpdate {
  /// Computes the gradient of the balanced sum into ``gradient``.
  func balancedGradient(rows: Int, _ record: CompositeLoss.Body) throws(TrainingError) {
    let required = balancer.requiredInformation
    var measured = max(required, isProbing ? .featureGradients : .nothing)
    switch measured {
    case .nothing:
      try chooseWeights()
      loss.gradient(weights, rows: rows, at: parameters, into: gradient, record)
      measureValues()
    case .values, .magnitudes, .featureGradients, .gramian, .gradients:
      loss.forward(
        rows: rows, at: parameters,
        measuringFeaturesOf: measured == .featureGradients ? probedTerms : nil, record)
      measureValues()
      measured = measureGradients(measured, required: required)
      try checkFinite(required)
      if required == .gradients {
        try combineGradients()
      } else {
        try chooseWeights()
        loss.pullback(weights, into: gradient)
      }
    }
    if measured == .featureGradients { forgetUnmeasured() }
    // Values and magnitudes are by-products of every forward pass.
    report.record(
      weights, chosenBy: balancer, from: measurement, measured: max(measured, .magnitudes))
  }

  /// Whether this is a minibatch at which gradients are measured for the records.
  private var isProbing: Bool {
    probeInterval.map { measurement.step.isMultiple(of: $0) } ?? false
  }

  /// The terms that take part in balancing; a probe measures the others, too.
  private var probedTerms: [Bool] { isProbing ? allTerms : balancedTerms }

  /// Sets unmeasured entries to NaN, so that they cannot pass for zero gradients.
  private func forgetUnmeasured() {
    let count = loss.termCount
    for (term, isMeasured) in probedTerms.enumerated() where !isMeasured {
      for other in 0..<count {
        measurement.gramian[term * count + other] = .nan
        measurement.gramian[other * count + term] = .nan
      }
    }
  }

  private func measureValues() {
    for term in 0..<loss.termCount {
      measurement.values[term] = loss.values[term]
      measurement.magnitudes[term] = loss.magnitudes[term]
    }
  }

  /// Measures what is wanted of the gradients.
  ///
  /// - Returns: What was measured: a probe measures nothing in a network that names no features.
  private func measureGradients(
    _ wanted: RequiredInformation, required: RequiredInformation
  ) -> RequiredInformation {
    if wanted == .featureGradients {
      if required < wanted && !loss.hasFeatures { return required }
      loss.featureGramian(into: &measurement.gramian)
    } else if wanted >= .gramian {
      let rows = gradients ?? Buffer(count: loss.termCount * parameters.count)
      gradients = rows
      loss.gradients(into: rows, gramian: &measurement.gramian)
      if wanted == .gradients { measurement.measureGradients(rows.elements.span) }
    }
    return wanted
  }

  /// Each minibatch has random numbers of its own.
  private var generator: any RandomNumberGenerator {
    RandomStream(seed: seed, purpose: .balancing, index: 0, position: UInt64(measurement.step) << 8)
  }

  private func chooseWeights() throws(TrainingError) {
    var generator = generator
    do throws(BalancerError) {
      try balancer.updateWeights(&weights, from: measurement, using: &generator)
    } catch { throw failure(of: error) }
  }

  /// Lets the balancer combine the gradients itself.
  private func combineGradients() throws(TrainingError) {
    guard let gradients else { return }
    var generator = generator
    let sum = UnsafeMutableBufferPointer(start: gradient.pointer, count: gradient.count)
    var update = sum.mutableSpan
    do throws(BalancerError) {
      try balancer.updateWeights(
        &weights, from: measurement, combining: gradients.elements.span, into: &update,
        using: &generator)
    } catch { throw failure(of: error) }
  }

  private func failure(of error: BalancerError) -> TrainingError {
    TrainingError(error.description, Double.nan, at: .weights(minibatch: measurement.step + 1))
  }

  /// Measures the terms again after the optimiser's step, for a balancer that needs it.
  func remeasure(_ minibatch: Minibatch, clipRange: Float) {
    guard balancer.needsPostStepValues else { return }
    forward(minibatch, clipRange: clipRange)
    measureValues()
    balancer.observeStep(measurement)
  }
}
