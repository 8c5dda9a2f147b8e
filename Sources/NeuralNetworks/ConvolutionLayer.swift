import RandomStreams
import Requirements
import TensorCore

/// A layer that looks at pictures through a square window: `f(weight ∗ x + bias)`.
///
/// The channels of a pixel lie together, in pictures and in the result.
///
/// Like a ``LinearLayer`` it is a value that knows where its parameters lie.
public struct ConvolutionLayer: Sendable, Hashable {
  /// The weight as PyTorch stores it, `[out, in, size, size]`.
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
    weight = layout.add(name + ".weight", [outputs, inputs, size, size])
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
  ///
  /// The numbers of a row are drawn pixel by pixel, the channels of each together.
  public func initialize(_ parameters: Buffer, gain: Float, using generator: inout RandomStream) {
    initializeOrthogonally(weight, in: parameters, gain: gain, using: &generator)
    let (channels, area) = (weight.shape[1], weight.shape[2] * weight.shape[3])
    for output in 0..<weight.shape[0] {
      let first = weight.offset + output * channels * area
      let drawn = (first..<first + channels * area).map { parameters[$0] }
      for (index, number) in drawn.enumerated() {
        parameters[first + index % channels * area + index / channels] = number
      }
    }
    for index in bias.range { parameters[index] = 0 }
  }
}
