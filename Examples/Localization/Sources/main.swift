import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

// What is in the picture, and where? Two heads on one trunk, one scored by cross-entropy and one by
// squared error in pixels. Their losses begin near 1e2 and 1e5: the plain sum learns the boxes and
// hardly the classes. A balancer chooses the weights of every minibatch: one call does the step,
// whether it compares values, gradients or both.

let (rows, inputs, hidden, classes, sides) = (64, 16, 48, 5, 4)
let terms = [
  LossTerm(name: "class", kind: .nonNegative), LossTerm(name: "box", kind: .nonNegative),
]

/// A network with a trunk and two heads.
struct Localizer {
  var layout = ParameterLayout()
  let trunk: LinearLayer
  let classHead: LinearLayer
  let boxHead: LinearLayer

  init() {
    trunk = LinearLayer("trunk", inputs: inputs, outputs: hidden, in: &layout)
    classHead = LinearLayer("class", inputs: hidden, outputs: classes, in: &layout)
    boxHead = LinearLayer("box", inputs: hidden, outputs: sides, in: &layout)
  }

  func initialize(_ parameters: Buffer) {
    var generator = RandomStream(seed: 1, purpose: .initialization, index: 0)
    trunk.initialize(parameters, gain: 1, using: &generator)
    classHead.initialize(parameters, gain: 240, using: &generator)
    boxHead.initialize(parameters, gain: 1, using: &generator)
  }

  /// Records both losses of some rows and returns the scores of the classes.
  func record(_ batch: Minibatch, _ rows: Range<Int>, on tape: Tape) -> Variable {
    func part(_ buffer: Buffer, _ width: Int) -> Variable {
      tape.constant(buffer, from: rows.lowerBound * width, shape: [rows.count, width])
    }
    let features = trunk(part(batch.features, inputs), on: tape, activation: .tanh)
    let scores = classHead(features, on: tape)
    tape.addTerm(crossEntropies(scores, part(batch.labels, 1)))
    tape.addTerm(squaredErrors(boxHead(features, on: tape), part(batch.boxes, sides)))
    return scores
  }
}

/// A minibatch: features of a picture, its class and the sides of its box in pixels.
struct Minibatch {
  let features = Buffer(count: rows * inputs)
  let labels = Buffer(count: rows)
  let boxes = Buffer(count: rows * sides)

  /// The class is the largest of five features, and each side follows one of four others.
  func draw(using generator: inout RandomStream) {
    for index in 0..<features.count { features[index] = Float(generator.normal()) }
    for row in 0..<rows {
      let own = features.array[row * inputs..<(row + 1) * inputs]
      let scores = own.prefix(classes).enumerated()
      labels[row] = Float(scores.max { $0.element < $1.element }?.offset ?? 0)
      for side in 0..<sides {
        let feature = own[row * inputs + classes + side]
        boxes[row * sides + side] = 256 + 98 * feature / (1 + abs(feature))
      }
    }
  }
}

/// Trains with a balancer and returns how often the class is right and how far off the boxes are.
func train(_ balancer: any LossBalancer) throws -> (accuracy: Double, error: Double) {
  var balancer = TrainingBalancer(balancer, seed: 1)
  let (network, batch) = (Localizer(), Minibatch())
  let parameters = Buffer(count: network.layout.count)
  let gradient = Buffer(count: network.layout.count)
  network.initialize(parameters)
  let loss = CompositeLoss(
    termCount: 2, parameterCount: parameters.count, pool: WorkerPool(count: 1))
  let adam = Adam(count: parameters.count)
  var stream = RandomStream(seed: 1, purpose: .other, index: 0)
  var update: [Float] = []
  var (right, squares) = (0.0, 0.0)

  for step in 0..<640 {
    batch.draw(using: &stream)
    loss.forward(rows: rows, at: parameters) { tape, rows in
      let scores = network.record(batch, rows, on: tape)
      let labels = batch.labels.array[rows]
      if step >= 600 { right += hits(scores.tensor.numbers, Array(labels)) }
    }
    if step >= 600 {
      squares += loss.values[1]
      continue
    }
    try balancer.step(values: loss.values, into: &update) { weights in
      loss.pullback(weights, into: gradient)
      return gradient.array
    }
    gradient.assign(update)
    adam.step(parameters, gradient: gradient, gradientScale: 1, learningRate: 0.03)
  }
  return (right / Double(40 * rows), (squares / 40).squareRoot())
}

/// How many rows have their largest score in the right place.
func hits(_ scores: [Float], _ labels: [Float]) -> Double {
  Double(
    labels.indices.count { row in
      let own = scores[row * classes..<(row + 1) * classes]
      return own.indices.max { own[$0] < own[$1] } == row * classes + Int(labels[row])
    })
}

print("balancer       classes right   boxes off by")
var accuracies: [String: Double] = [:]
for name in ["fixed", "running-max", "log", "gradnorm", "upgrad"] {
  let (accuracy, error) = try train(BalancerRegistry.make(name, terms: terms))
  accuracies[name] = accuracy
  let percent = (accuracy * 1000).rounded() / 10
  print("\(name)\t\t\(percent) %\t\t\((error * 10).rounded() / 10) pixels")
}
precondition(
  accuracies["log", default: 0] > accuracies["fixed", default: 1] + 0.1,
  "A balancer must save the classes from the boxes.")
