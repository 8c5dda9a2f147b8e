import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

// A picture of noise is changed until a convolutional network sees the same in it as in another
// picture. The pixels are the parameters, and L-BFGS changes them.
//
// The loss is tiny, and the tolerances of L-BFGS are absolute. One can multiply it with a constant
// that one has to find, here 1000; or with 1 / loss, which needs no search. But then the weight
// changes from step to step, and L-BFGS has to be told.

let size = 24
var layout = ParameterLayout()
let layers = [
  ConvolutionLayer("0", inputs: 1, outputs: 6, size: 3, padding: 1, in: &layout),
  ConvolutionLayer("1", inputs: 6, outputs: 8, size: 3, padding: 1, in: &layout),
]
let network = Buffer(count: layout.count)
var generator = RandomStream(seed: 1, purpose: .initialization, index: 0)
for layer in layers { layer.initialize(network, gain: 1.5, using: &generator) }

var image = ParameterLayout()
let pixels = image.add("pixels", [1, size, size, 1])
let content = Buffer((0..<size * size).map { _ in Float(generator.uniform()) })
let noise = Buffer((0..<size * size).map { _ in Float(generator.uniform()) })

/// What the network, which is not trained, sees in a picture.
func features(of picture: Variable, on tape: Tape) -> Variable {
  var x = picture
  for layer in layers {
    let weight = tape.constant(network, from: layer.weight.offset, shape: layer.weight.shape)
    let bias = tape.constant(network, from: layer.bias.offset, shape: layer.bias.shape)
    x = convolution(x, weight, bias, padding: layer.padding)
    x = maximum(x, x * 0.1)
  }
  return averagePooling(x, size: 2)
}

let seen = Tape(isRecording: false)
let target = features(of: seen.constant(content, shape: pixels.shape), on: seen).tensor

/// The content loss of a picture; its gradient is written too.
func contentLoss(_ picture: Buffer, gradient: Buffer, on tape: Tape) -> Double {
  tape.reset(parameters: picture)
  let difference = features(of: tape.parameter(pixels), on: tape) - tape.constant(target)
  let loss = mean(square(difference)) * 0.05
  gradient.assign(Array(repeating: 0, count: gradient.count))
  tape.pullback([(loss, 1)], addingTo: gradient)
  return Double(loss.tensor.numbers[0])
}

/// The loss after 300 evaluations with the weights of a balancer.
func minimize(_ balancer: any LossBalancer) throws -> Double {
  var balancer = balancer
  let (picture, tape) = (Buffer(noise.array), Tape())
  let optimizer = LimitedMemoryBFGS(count: picture.count)
  var random: any RandomNumberGenerator = RandomStream(seed: 1, purpose: .balancing, index: 0)
  var (weights, measurement, evaluations) = ([1.0], LossMeasurement(count: 1), 0)
  var loss = contentLoss(picture, gradient: Buffer(count: picture.count), on: tape)
  while evaluations < 300 {
    let before = weights[0]
    measurement.values = [loss]
    measurement.magnitudes = [loss]
    try balancer.updateWeights(&weights, from: measurement, using: &random)
    optimizer.rescaleCurvature(by: weights[0] / before)
    let outcome = optimizer.step(picture, learningRate: 0.5) { gradient in
      evaluations += 1
      loss = contentLoss(picture, gradient: gradient, on: tape)
      gradient.assign(gradient.array.map { $0 * Float(weights[0]) })
      return loss * weights[0]
    }
    if outcome.ending == .flatGradient { break }
  }
  print("  \(evaluations) evaluations, loss \(loss)")
  return loss
}

func term(priority: Double) -> [LossTerm] {
  [LossTerm(name: "content", kind: .nonNegative, priority: priority)]
}
print("times 1000:")
let fixed = try minimize(FixedCoefficients(terms: term(priority: 1000)))
print("divided by itself:")
let normalized = try minimize(LogNormalization(terms: term(priority: 1)))
precondition(
  normalized < 1.1 * fixed, "Told of its weight, L-BFGS must get as far as with a constant.")
