import NeuralNetworks
import TensorCore

/// The layers of a network and what its outputs stand for, so that another program can be written that
/// computes the same.
package struct NetworkOutline {
  /// Hidden layers, with a recurrent one behind them if there is one.
  package struct Trunk {
    /// The layers, from the input on.
    package let layers: [LinearLayer]
    /// What each of them applies to its sums.
    package let activation: Activation
    /// The layer behind them that remembers.
    package let recurrence: RecurrentLayer?
  }

  /// What the outputs of the policy's last layer stand for.
  package enum Actions {
    /// Scores of choices, those of each component behind one another.
    case choices
    /// Means of real numbers.
    case numbers(Deviations, areSquashed: Bool)
  }

  /// Where the deviations of real numbers come from.
  package enum Deviations {
    /// log σ, `[A]`.
    case parameter(ParameterSlice)
    /// A layer on the policy's features that gives log σ, clamped.
    case network(LinearLayer, ClosedRange<Float>)
    /// log σ of the noise matrix of gSDE, `[K, A]`.
    case exploration(ParameterSlice)
  }

  /// Whether images of the observations pass through convolutions.
  package let hasImages: Bool
  /// The hidden layers of the policy.
  package let policy: Trunk
  /// The hidden layers of the value; `nil` where it has those of the policy.
  package let value: Trunk?
  /// The last layer of the policy.
  package let policyHead: LinearLayer
  /// The last layer of the value.
  package let valueHead: LinearLayer
  /// What the outputs of the policy's last layer stand for.
  package let actions: Actions
}

extension ActorCritic {
  /// The layers of the network.
  package var outline: NetworkOutline {
    NetworkOutline(
      hasImages: policyEncoder != nil, policy: policyTrunk.outline,
      value: isShared ? nil : valueTrunk.outline,
      policyHead: policyHead, valueHead: valueHead, actions: actions.outline)
  }
}

extension Trunk {
  fileprivate var outline: NetworkOutline.Trunk {
    NetworkOutline.Trunk(
      layers: layers.layers, activation: layers.activation, recurrence: recurrence)
  }
}

extension ActionHead {
  fileprivate var outline: NetworkOutline.Actions {
    guard case .numbers(let gaussian) = kind else { return .choices }
    return .numbers(gaussian.outline, areSquashed: gaussian.options.squashes)
  }
}

extension GaussianHead {
  fileprivate var outline: NetworkOutline.Deviations {
    switch source {
    case .parameter(let slice): .parameter(slice)
    case .network(let layer): .network(layer, Self.logDeviationBounds)
    case .exploration(let slice): .exploration(slice)
    }
  }
}
