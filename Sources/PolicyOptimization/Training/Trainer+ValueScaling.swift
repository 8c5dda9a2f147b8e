import LossBalancing
import NeuralNetworks
import TensorCore

// The scale of the value, and coefficients that are moved: what changes between updates.

extension Trainer {
  /// Makes the scale of the value's target, and lets the value of PopArt begin with the mean.
  ///
  /// - Throws: ``InvalidHyperparameter`` if the network has no layer that could be changed.
  func prepareValueScaling() throws(InvalidHyperparameter) {
    let target = hyperparameters.valueTarget
    if target == .raw { return }
    try hyperparameters.checkValueTarget(for: network)
    valueScaling = ValueScaling(target, decay: hyperparameters.valueTargetDecay)
    if target == .popart, let layer = network.valueLayer {
      for index in layer.weight.range { update.parameters[index] = 0 }
      for index in layer.bias.range { update.parameters[index] = 0 }
    }
  }

  /// Turns what the value network predicted into returns.
  func unscaleValues() throws(TrainingError) {
    guard let valueScaling else { return }
    valueScaling.unscale(rollout.values)
    valueScaling.unscale(rollout.finalValues)
    try rollout.checkValues(after: timestep)
  }

  /// Lets the scale follow the returns of the rollout, and turns returns and values into what the
  /// network is to predict, and did predict, in the new scale.
  func scaleReturns() throws(TrainingError) {
    guard var scaling = valueScaling else { return }
    scaling.observe(rollout.returns.array)
    let isBeginning = valueScaling?.isBeginning ?? false
    if let layer = network.valueLayer, let old = valueScaling, !isBeginning {
      scaling.takeOver(layer, in: update.parameters, from: old)
      try update.checkParameters(of: layer)
    }
    scaling.scale(rollout.returns)
    scaling.scale(rollout.values)
    // At the beginning what the network says is not kept: its 0 comes to stand for the mean.
    if isBeginning { rollout.values.pointer.update(repeating: 0, count: rollout.values.count) }
    valueScaling = scaling
  }

  /// Moves the coefficients that have a target, after an update.
  func adaptCoefficients(_ means: UpdateMeans) {
    if let target = hyperparameters.targetEntropy {
      let controller = EntropyController(target: target, rate: hyperparameters.entropyRate)
      update.setPriority(of: PolicyLoss.entropy.rawValue) {
        controller.coefficient(after: $0, entropy: -means.value(of: .entropy))
      }
    }
    if let target = hyperparameters.adaptiveDivergenceTarget {
      let controller = DivergenceController(target: target)
      update.setPriority(of: PolicyLoss.divergence.rawValue) {
        controller.coefficient(after: $0, divergence: means.divergence)
      }
    }
  }
}

extension PolicyUpdate {
  /// Changes how much a term counts.
  func setPriority(of name: String, _ change: (Double) -> Double) {
    guard let index = balancer.terms.firstIndex(where: { $0.name == name }) else { return }
    balancer.terms[index].priority = change(balancer.terms[index].priority)
  }
}
