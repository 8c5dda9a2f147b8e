import NeuralNetworks
import RandomStreams
import TensorCore

/// A picture that is to look like another one to a convolutional network that is not trained, as in
/// style transfer: the pixels are the parameters.
///
/// Pictures are 24 × 24 pixels of normal noise. The network has two layers of 3 × 3 windows, 1 → 6 → 8
/// channels, each followed by an activation, with means over 2 × 2 pixels between them. The loss is
/// 0.05 times the mean squared difference of what it sees.
///
/// With an activation that has a kink, many minima are near, and which of them is met is decided by
/// rounding after a few hundred evaluations.
struct ContentProblem: Sendable {
  static let size = 24

  /// What follows each layer.
  enum Activation: String, Sendable, CaseIterable {
    /// log(1 + exp x), without a kink.
    case softplus
    /// max(x, 0.1 x).
    case leaky
  }

  /// The picture that all methods begin with.
  let start: Buffer

  private let layers: [ConvolutionLayer]
  private let activation: Activation
  private let weights: Buffer
  private let target: Tensor
  private let pixels: ParameterSlice

  init(seed: Int, activation: Activation) {
    var layout = ParameterLayout()
    let layers = [
      ConvolutionLayer("0", inputs: 1, outputs: 6, size: 3, padding: 1, in: &layout),
      ConvolutionLayer("1", inputs: 6, outputs: 8, size: 3, padding: 1, in: &layout),
    ]
    var generator = RandomStream(seed: UInt64(seed), purpose: .initialization, index: 0)
    let weights = Buffer(count: layout.count)
    for layer in layers {
      let inputs = Float(layer.weight.shape.count / layer.weight.shape[0])
      for index in layer.weight.range {
        weights[index] = Float(generator.normal()) * (2 / inputs).squareRoot()
      }
    }
    let count = Self.size * Self.size
    let content = Buffer((0..<count).map { _ in Float(generator.normal()) })
    start = Buffer((0..<count).map { _ in Float(generator.normal()) })
    var image = ParameterLayout()
    pixels = image.add("pixels", [1, Self.size, Self.size, 1])
    let tape = Tape(isRecording: false)
    let picture = tape.constant(content, shape: pixels.shape)
    target = Self.features(of: picture, layers, weights, activation, on: tape).tensor
    (self.layers, self.weights, self.activation) = (layers, weights, activation)
  }

  private static func features(
    of picture: Variable, _ layers: [ConvolutionLayer], _ weights: Buffer, _ activation: Activation,
    on tape: Tape
  ) -> Variable {
    var x = picture
    for layer in layers {
      let weight = tape.constant(weights, from: layer.weight.offset, shape: layer.weight.shape)
      let bias = tape.constant(weights, from: layer.bias.offset, shape: layer.bias.shape)
      x = convolution(x, weight, bias, padding: layer.padding)
      x = activation == .softplus ? softplus(x) : maximum(x, x * 0.1)
      if layer == layers.first { x = averagePooling(x, size: 2) }
    }
    return x
  }

  /// Writes the gradient of the loss with respect to the pixels, and returns the loss.
  func evaluate(_ picture: Buffer, gradient: Buffer, on tape: Tape) -> Double {
    tape.reset(parameters: picture)
    let seen = Self.features(
      of: tape.parameter(pixels), layers, weights, activation, on: tape)
    let loss = meanSquaredError(seen, tape.constant(target)) * 0.05
    gradient.assign(Array(repeating: 0, count: gradient.count))
    tape.pullback([(loss, 1)], addingTo: gradient)
    return Double(loss.tensor.numbers[0])
  }
}
