import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// Convolutions and a fully connected layer over one image of an observation, each followed by ReLU.
///
/// Bytes are scaled by 1/255: the first weight is, rather than each pixel.
struct ImageEncoder: Sendable {
  /// The sizes of the layers.
  struct Outline {
    /// The sizes of a convolution.
    struct Convolution {
      let outputs: Int
      let size: Int
      let stride: Int

      init(_ outputs: Int, size: Int, by stride: Int = 1) {
        (self.outputs, self.size, self.stride) = (outputs, size, stride)
      }
    }

    let convolutions: [Convolution]
    let units: Int
  }

  let part: ObservationLayout.Part
  let height: Int
  let width: Int
  let channels: Int
  let convolutions: [ConvolutionLayer]
  let dense: LinearLayer

  /// Adds the parameters `name.0.weight` … to a layout.
  ///
  /// - Throws: A sentence if a window is larger than what it looks at.
  init(
    _ name: String, of part: ObservationLayout.Part,
    _ image: (height: Int, width: Int, channels: Int),
    _ outline: Outline, in layout: inout ParameterLayout
  ) throws(InvalidHyperparameter) {
    self.part = part
    (height, width, channels) = image
    var (rows, columns, depth) = image
    var layers: [ConvolutionLayer] = []
    for (index, convolution) in outline.convolutions.enumerated() {
      guard convolution.size <= min(rows, columns) else {
        throw InvalidHyperparameter(
          """
          The image '\(part.name)' of \(image.height) × \(image.width) pixels is too small for the \
          convolutions of \(\.imageEncoder): windows of \(convolution.size) pixels meet \
          \(rows) × \(columns). Choose minatar, or none.
          """)
      }
      layers.append(
        ConvolutionLayer(
          "\(name).\(index)", inputs: depth, outputs: convolution.outputs, size: convolution.size,
          stride: convolution.stride, in: &layout))
      rows = (rows - convolution.size) / convolution.stride + 1
      columns = (columns - convolution.size) / convolution.stride + 1
      depth = convolution.outputs
    }
    convolutions = layers
    dense = LinearLayer(
      "\(name).\(layers.count)", inputs: rows * columns * depth, outputs: outline.units,
      in: &layout)
  }

  var outputCount: Int { dense.bias.shape.count }

  /// How many words of random numbers the initial weights are made of: two for a normal number.
  var drawCount: UInt64 {
    convolutions.reduce(dense.drawCount) { $0 + 2 * UInt64($1.weight.shape.count) }
  }

  /// Makes the weights orthogonal with gain √2 and the biases zero.
  func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    let gain = Float(2).squareRoot()
    for layer in convolutions { layer.initialize(parameters, gain: gain, using: &generator) }
    dense.initialize(parameters, gain: gain, using: &generator)
  }

  /// Turns observations `[rows, D]` into features `[rows, outputCount]`.
  func callAsFunction(_ observations: Variable, on tape: Tape) -> Variable {
    let rows = observations.shape[0]
    let numbers =
      part.count == observations.shape[1]
      ? observations : slice(observations, part.range, axis: 1)
    var x = reshape(numbers, [rows, height, width, channels])
    for index in convolutions.indices {
      let layer = convolutions[index]
      let weight = tape.parameter(layer.weight)
      x = convolution(
        x, index == 0 && part.element == .uint8 ? weight * Float(1.0 / 255) : weight,
        tape.parameter(layer.bias), stride: layer.stride, padding: layer.padding,
        activation: .relu)
    }
    return dense(
      reshape(x, Shape(rows, x.shape.count / rows)), on: tape, activation: .relu)
  }
}
