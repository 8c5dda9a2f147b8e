import RandomStreams
import Requirements
import TensorCore

/// A fully connected layer: `f(x weightᵀ + bias)`.
///
/// The layer is a value that knows where its parameters lie, not what they are; those are in the
/// flat vector that the tape was reset with.
public struct LinearLayer: Sendable, Hashable {
  /// The weight, `[out, in]`.
  public let weight: ParameterSlice
  /// The bias, `[out]`.
  public let bias: ParameterSlice

  /// Adds a layer's parameters, `name.weight` and `name.bias`, to a layout.
  public init(_ name: String, inputs: Int, outputs: Int, in layout: inout ParameterLayout) {
    require(
      inputs > 0 && outputs > 0,
      "Layer \(name) needs inputs and outputs; it was given \(inputs) and \(outputs).")
    weight = layout.add(name + ".weight", Shape(outputs, inputs))
    bias = layout.add(name + ".bias", Shape(outputs))
  }

  /// Applies the layer to rows `[rows, in]`, giving `[rows, out]`.
  public func callAsFunction(
    _ x: Variable, on tape: Tape, activation: Activation = .identity
  ) -> Variable {
    linear(x, tape.parameter(weight), tape.parameter(bias), activation: activation)
  }

  /// Makes the weight orthogonal and the bias zero.
  public func initialize(_ parameters: Buffer, gain: Float, using generator: inout RandomStream) {
    initializeOrthogonally(weight, in: parameters, gain: gain, using: &generator)
    for index in bias.range { parameters[index] = 0 }
  }
}
