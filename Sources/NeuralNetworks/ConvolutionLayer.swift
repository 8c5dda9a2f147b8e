import RandomStreams
import Requirements
import TensorCore

/// A layer that looks at pictures through a square window: `f(weight ∗ x + bias)`.
///
/// Like a ``LinearLayer`` it is a value that knows where its parameters lie.
public struct ConvolutionLayer: Sendable, Hashable {
  /// The weight, `[out, size, size, in]`.
  public let weight: ParameterSlice
  /// The bias, `[out]`.
  public let bias: ParameterSlice
  /// How many pixels lie between the beginnings of neighbouring windows.
  public let stride: Int
  /// How many pixels of zeros are put around each picture.
  public let padding: Int

  /// Adds a layer's parameters, `name.weight` and `name.bias`, to a layout.
  ///
  /// - Parameters:
  ///   - name: What the parameters' names begin with.
  ///   - inputs: The channels of the pictures.
  ///   - outputs: The channels of the result.
  ///   - size: The height and width of the window, in pixels.
  ///   - stride: How many pixels lie between the beginnings of neighbouring windows.
  ///   - padding: How many pixels of zeros are put around each picture.
  ///   - layout: Receives the parameters.
  public init(
    _ name: String, inputs: Int, outputs: Int, size: Int, stride: Int = 1, padding: Int = 0,
    in layout: inout ParameterLayout
  ) {
    require(
      inputs > 0 && outputs > 0 && size > 0,
      """
      Layer \(name) needs inputs, outputs and a window; it was given \(inputs), \(outputs) and \
      \(size).
      """)
    weight = layout.add(name + ".weight", [outputs, size, size, inputs])
    bias = layout.add(name + ".bias", Shape(outputs))
    self.stride = stride
    self.padding = padding
  }

  /// Applies the layer to `[pictures, height, width, in]`, giving `[pictures, rows, columns, out]`.
  public func callAsFunction(
    _ x: Variable, on tape: Tape, activation: Activation = .identity
  ) -> Variable {
    convolution(
      x, tape.parameter(weight), tape.parameter(bias), stride: stride, padding: padding,
      activation: activation)
  }

  /// Makes the weight, as a matrix of `out` rows, orthogonal and the bias zero.
  public func initialize(_ parameters: Buffer, gain: Float, using generator: inout RandomStream) {
    initializeOrthogonally(weight, in: parameters, gain: gain, using: &generator)
    for index in bias.range { parameters[index] = 0 }
  }
}
