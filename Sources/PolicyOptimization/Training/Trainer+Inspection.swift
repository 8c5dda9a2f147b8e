import Requirements
import TensorCore

// Properties that records of a run read between two iterations.

extension Trainer {
  /// The type of the network, where it is not the one that the hyperparameters describe; `nil` where it
  /// is.
  public var ownNetwork: String? {
    let described = try? hyperparameters.makeNetwork(for: environment)
    let isDescribed = network is ActorCritic && described?.layout == network.layout
    return isDescribed ? nil : "\(type(of: network))"
  }

  /// Where the parameters lie.
  public var layout: ParameterLayout { network.layout }

  /// The parameters as they are now, `[P]`: valid until training goes on, and not to be changed.
  public var parameters: UnsafeBufferPointer<Float> { update.parameters.elements }

  /// The advantages of the last rollout, A, `[T · N]`, as they were before normalisation over
  /// minibatches: valid until training goes on.
  public var advantages: UnsafeBufferPointer<Float> { rollout.advantages.elements }

  /// At every so many minibatches of the run, the gradients of the losses are measured at the
  /// features even if the balancer does not ask for it, so that ``UpdateReport/balance`` can tell
  /// about them; `nil` for never. Changes nothing in what is learnt.
  ///
  /// - Precondition: It is positive.
  public var probeInterval: Int? {
    get { update.probeInterval }
    set {
      require(
        newValue ?? 1 > 0, "A probe at every \(newValue ?? 0)th minibatch is impossible.")
      update.probeInterval = newValue
    }
  }
}
