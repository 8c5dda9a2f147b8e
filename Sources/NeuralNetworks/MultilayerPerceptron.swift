import RandomStreams
import TensorCore

/// Hidden layers behind one another, each followed by the same activation.
///
/// An output layer is not part of it: what is computed from the last hidden layer, a policy, a
/// value or both, differs from network to network.
public struct MultilayerPerceptron: Sendable, Hashable {
  /// The layers, from the input on.
  public let layers: [LinearLayer]
  /// What each layer applies to its sums.
  public let activation: Activation
  /// The number of outputs: the size of the last layer, or of the input if there is none.
  public let outputCount: Int

  /// Adds the parameters `name.0.weight`, `name.0.bias`, `name.1.weight` and so on to a layout.
  ///
  /// - Parameters:
  ///   - name: What the parameters' names begin with.
  ///   - inputs: The number of inputs.
  ///   - sizes: The sizes of the hidden layers; none makes the network the identity.
  ///   - activation: The activation.
  ///   - layout: Receives the parameters.
  public init(
    _ name: String, inputs: Int, sizes: [Int], activation: Activation,
    in layout: inout ParameterLayout
  ) {
    var layers: [LinearLayer] = []
    for (index, (input, output)) in zip([inputs] + sizes, sizes).enumerated() {
      layers.append(LinearLayer("\(name).\(index)", inputs: input, outputs: output, in: &layout))
    }
    self.layers = layers
    self.activation = activation
    outputCount = sizes.last ?? inputs
  }

  /// Applies the layers to rows `[rows, in]`, giving `[rows, outputCount]`.
  public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
    var x = x
    // By index: a copy of a layer would count references to the names of its parameters.
    for index in layers.indices { x = layers[index](x, on: tape, activation: activation) }
    return x
  }

  /// Makes the weights orthogonal with gain √2 and the biases zero.
  public func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    for layer in layers {
      layer.initialize(parameters, gain: Float(2).squareRoot(), using: &generator)
    }
  }
}
