import LossBalancing
import NeuralNetworks
import TensorCore

extension PolicyUpdate {
  /// What one update hands to the next.
  struct State: Sendable {
    /// The network's parameters, shape `[P]`.
    var parameters: [Float]
    /// What the optimiser remembers, by name, each of shape `[P]`.
    var optimizerMemory: [String: [Float]]
    /// What the optimiser counts, by name.
    var optimizerCounters: [String: Double]
    /// The balancer with all that it has seen.
    var balancer: any LossBalancer
    /// The weights of the last minibatch, shape `[K]`.
    var weights: [Double]
    /// How many minibatches were learnt from.
    var minibatchCount: Int
  }

  /// A copy of the state, or the state that is gone back to.
  var state: State {
    get {
      State(
        parameters: parameters.array,
        optimizerMemory: Dictionary(
          uniqueKeysWithValues: optimizer.memory.map { ($0.name, $0.buffer.array) }),
        optimizerCounters: optimizer.counters, balancer: balancer, weights: weights,
        minibatchCount: measurement.step)
    }
    set {
      parameters.assign(newValue.parameters)
      for (name, buffer) in optimizer.memory {
        if let numbers = newValue.optimizerMemory[name] { buffer.assign(numbers) }
      }
      optimizer.counters = newValue.optimizerCounters
      balancer = newValue.balancer
      weights = newValue.weights
      measurement.step = newValue.minibatchCount
    }
  }
}
