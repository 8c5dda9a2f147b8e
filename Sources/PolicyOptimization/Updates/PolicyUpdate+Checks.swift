import LossBalancing
import NeuralNetworks
import TensorCore

extension PolicyUpdate {
  /// Throws if a loss, or its gradient if measured, is not finite: a balancer would keep
  /// the weights that it had, unnoticed.
  func checkFinite(_ measured: RequiredInformation) throws(TrainingError) {
    for (index, term) in balancer.terms.enumerated() {
      try check(measurement.values[index], "loss term \(term.name)")
      if measured >= .featureGradients {
        try check(measurement.gradientNorm(of: index), "gradient of loss term \(term.name)")
      }
    }
  }

  /// Throws if a loss or the gradient is not finite.
  func checkFinite(_ measured: MinibatchMeasurement) throws(TrainingError) {
    for (term, value) in zip(balancer.terms, loss.values) {
      try check(value, "loss term \(term.name)")
    }
    for (term, weight) in zip(balancer.terms, weights) {
      // The gradient is computed in single precision.
      try check(Double(Float(weight)), "weight of loss term \(term.name)")
    }
    try check(measured.gradientNorm, "gradient")
  }

  /// Checks that the parameters that a network begins with can be stored.
  func checkStart() throws(NetworkMismatch) {
    for slice in network.layout.slices {
      if Checkpoint.isReserved(slice.name) {
        throw NetworkMismatch(
          description: """
            The network has a parameter named \(slice.name), which a checkpoint needs for something \
            else; give it another name.
            """)
      }
      for index in slice.range where !parameters[index].isFinite {
        throw NetworkMismatch(
          description: """
            The network begins with \(parameters[index]) in the parameter \(slice.name); \
            initialize(_:seed:) must make all numbers finite.
            """)
      }
    }
  }

  /// Throws if a step has made a parameter infinite or NaN, or something that the optimiser carries to
  /// the next.
  ///
  /// - Parameter first: The first minibatch, counted from 1 in the run, after which that was not checked.
  /// - Throws: ``TrainingError`` about the first such number.
  func checkParameters(since first: Int) throws(TrainingError) {
    do {
      try checkParameters()
    } catch {
      var error = error
      error.firstUnchecked = first
      throw error
    }
  }

  private func checkParameters() throws(TrainingError) {
    // What the optimiser carries comes first, since it makes the parameters what they are.
    for (name, buffer) in optimizer.memory where !norm(of: buffer).isFinite {
      for slice in network.layout.slices {
        for index in slice.range {
          try check(
            Double(buffer.pointer[index]), "'\(name)' of the optimiser for \(slice.name)",
            stepsBack: 1)
        }
      }
    }
    for (name, value) in optimizer.counters.sorted(by: { $0.key < $1.key }) {
      try check(value, "'\(name)' of the optimiser", stepsBack: 1)
    }
    try check(norm(of: parameters), "norm of the parameters after the step", stepsBack: 1)
  }

  /// Throws if a parameter of a layer, which was changed to another scale, is infinite or NaN.
  func checkParameters(of layer: LinearLayer) throws(TrainingError) {
    for slice in [layer.weight, layer.bias] {
      for index in slice.range {
        try check(Double(parameters[index]), "parameter \(slice.name) in a new scale")
      }
    }
  }

  private func check(
    _ number: Double, _ what: @autoclosure () -> String, stepsBack: Int = 0
  ) throws(TrainingError) {
    if number.isFinite { return }
    throw TrainingError(what(), number, at: .minibatch(measurement.step + 1 - stepsBack))
  }

  /// What gave the first number that is not finite, found by computing the gradient of a minibatch
  /// again, one operation after another; `nil` if all are finite.
  func originOfAnomaly(at minibatch: Minibatch, clipRange: Double) -> String? {
    // The balancer may not have come to choose weights; any will do.
    let weights = balancer.terms.map { $0.priority > 0 ? 1.0 : 0 }
    let anomaly = loss.firstAnomaly(weights, rows: minibatch.count, at: parameters) { tape, rows in
      recordLosses(of: minibatch, rows, on: tape, clipRange: Float(clipRange))
    }
    switch anomaly {
    case .constant(let shape): return "a number of shape \(shape) that the network was given"
    case .value(let operation, let shape):
      return "the operation \(operation), in its output of shape \(shape)"
    case .gradient(let operation, let shape):
      return "the pullback of the operation \(operation), whose output has the shape \(shape)"
    case .parameter(let offset):
      let slice = network.layout.slices.first { $0.range.contains(offset) }
      return "the parameter \(slice?.name ?? "") itself, made by an earlier step"
    case nil: return nil
    }
  }
}
