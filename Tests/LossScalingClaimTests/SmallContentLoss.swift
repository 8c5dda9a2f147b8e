import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

/// A picture that is to look like another one to a small convolutional network that is not trained,
/// as in seed 0: the pixels are the parameters.
struct SmallContentLoss {
  /// What the loss is multiplied with.
  enum Weight {
    case fixed(Double)
    /// `LogNormalization`, asked before each step, with or without telling L-BFGS.
    case logarithm(rescales: Bool)
    /// `LogNormalization`, asked at every evaluation.
    case logarithmAtEachEvaluation
  }

  private static let size = 24

  private let weights: Buffer
  private let layers: [ConvolutionLayer]
  private let target: Tensor
  private let start: Buffer

  private init() {
    var layout = ParameterLayout()
    layers = [
      ConvolutionLayer("0", inputs: 1, outputs: 6, size: 3, padding: 1, in: &layout),
      ConvolutionLayer("1", inputs: 6, outputs: 8, size: 3, padding: 1, in: &layout),
    ]
    weights = Buffer(count: layout.count)
    var generator = RandomStream(seed: 1, purpose: .initialization, index: 0)
    for layer in layers { layer.initialize(weights, gain: 1.5, using: &generator) }
    let pixels = Self.size * Self.size
    let picture = (0..<pixels).map { _ in Float(generator.uniform()) }
    start = Buffer((0..<pixels).map { _ in Float(generator.uniform()) })
    let tape = Tape(isRecording: false)
    target =
      Self.features(
        tape.constant(Tensor(shape: Shape(pixels), picture)), layers, weights, on: tape
      ).tensor
  }

  private static func features(
    _ pixels: Variable, _ layers: [ConvolutionLayer], _ weights: Buffer, on tape: Tape
  ) -> Variable {
    func parameter(_ slice: ParameterSlice) -> Variable {
      tape.constant(weights.pointer + slice.offset, shape: slice.shape)
    }
    var x = reshape(pixels, [1, size, size, 1])
    for layer in layers {
      x = convolution(x, parameter(layer.weight), parameter(layer.bias), padding: layer.padding)
      x = maximum(x, x * 0.1)
    }
    return averagePooling(x, size: 2)
  }

  /// Writes the gradient of the loss with respect to the pixels and returns the loss.
  private func evaluate(_ pixels: Buffer, _ gradient: Buffer, _ tape: Tape) -> Double {
    var layout = ParameterLayout()
    let slice = layout.add("pixels", Shape(pixels.count))
    tape.reset(parameters: pixels)
    let features = Self.features(tape.parameter(slice), layers, weights, on: tape)
    let loss = meanSquaredError(features, tape.constant(target)) * 0.05
    gradient.assign(Array(repeating: 0, count: gradient.count))
    tape.pullback([(loss, 1)], addingTo: gradient)
    return Double(loss.tensor.numbers[0])
  }

  /// The lowest loss after 40, 80, 120, 160 and 200 evaluations.
  static func run(_ weight: Weight) -> [Double] {
    let subject = SmallContentLoss()
    let (pixels, tape) = (Buffer(subject.start.elements), Tape())
    let optimizer = LimitedMemoryBFGS(count: pixels.count)
    guard var balancer = try? LogNormalization(terms: terms(1), statistic: .value) else {
      return []
    }
    var (evaluations, lowest, factor) = (0, Double.infinity, 1.0)
    var checkpoints: [Double] = []
    var last = subject.evaluate(pixels, Buffer(count: pixels.count), tape)
    while evaluations < 200 {
      if case .logarithm(let rescales) = weight {
        let new = LossScalingClaimTests.weights(&balancer, values: [last])[0]
        if rescales { optimizer.rescaleCurvature(by: new / factor) }
        factor = new
      } else if case .fixed(let constant) = weight {
        factor = constant
      }
      let outcome = optimizer.step(pixels, learningRate: 0.5) { gradient in
        let value = subject.evaluate(pixels, gradient, tape)
        if case .logarithmAtEachEvaluation = weight {
          factor = LossScalingClaimTests.weights(&balancer, values: [value])[0]
        }
        evaluations += 1
        lowest = min(lowest, value)
        last = value
        if evaluations % 40 == 0 { checkpoints.append(lowest) }
        gradient.assign(gradient.array.map { $0 * Float(factor) })
        return value * factor
      }
      if outcome.ending == .flatGradient { break }
    }
    while checkpoints.count < 5 { checkpoints.append(lowest) }
    return Array(checkpoints.prefix(5))
  }
}
