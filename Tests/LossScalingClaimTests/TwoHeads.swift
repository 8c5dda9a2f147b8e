import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore

/// A network with a shared layer and two heads: classes, scored by cross-entropy, and boxes in
/// pixels, scored by mean squared error, as in the question that seed 1 begins with.
///
/// The classes' head is made so large that its loss is about 1e2 at first; that of boxes around
/// pixel 256 is about 1e5.
final class TwoHeads {
  static let terms = [
    LossTerm(name: "class", kind: .nonNegative), LossTerm(name: "box", kind: .nonNegative),
  ]
  static let rows = 64
  static let (inputs, hidden, classes, coordinates) = (16, 48, 5, 4)

  let parameters: Buffer
  let gradient: Buffer
  let loss: CompositeLoss
  /// The parameters that both losses depend on.
  let shared: Range<Int>
  /// What each term is multiplied with before it is recorded.
  var factors: [Float] = [1, 1]

  private let trunk: LinearLayer
  private let classHead: LinearLayer
  private let boxHead: LinearLayer
  private let x = Buffer(count: rows * inputs)
  private let labels = Buffer(count: rows)
  private let boxes = Buffer(count: rows * coordinates)
  private var teacher: [[Double]]
  private var stream: RandomStream

  init(seed: UInt64 = 1, threads: Int = 1) {
    var layout = ParameterLayout()
    trunk = LinearLayer("trunk", inputs: Self.inputs, outputs: Self.hidden, in: &layout)
    shared = 0..<layout.count
    classHead = LinearLayer("class", inputs: Self.hidden, outputs: Self.classes, in: &layout)
    boxHead = LinearLayer("box", inputs: Self.hidden, outputs: Self.coordinates, in: &layout)
    parameters = Buffer(count: layout.count)
    gradient = Buffer(count: layout.count)
    loss = CompositeLoss(
      termCount: 2, parameterCount: layout.count, pool: WorkerPool(count: threads))
    var generator = RandomStream(seed: seed, purpose: .initialization, index: 0)
    trunk.initialize(parameters, gain: 1, using: &generator)
    classHead.initialize(parameters, gain: 240, using: &generator)
    boxHead.initialize(parameters, gain: 1, using: &generator)
    stream = RandomStream(seed: seed, purpose: .other, index: 0)
    let stream = self.stream
    teacher = (0..<Self.classes + Self.coordinates).map { row in
      var generator = stream
      generator.position = UInt64(1000 * row)
      return (0..<Self.inputs).map { _ in generator.normal() }
    }
    self.stream.position = 100_000
    draw()
  }

  /// Draws a new minibatch: the class is the largest of five directions, the box follows four others.
  func draw() {
    for index in 0..<x.count { x[index] = Float(stream.normal()) }
    for row in 0..<Self.rows {
      let input = x.array[row * Self.inputs..<(row + 1) * Self.inputs].map(Double.init)
      let scores = teacher.map { zip($0, input).reduce(0) { $0 + $1.0 * $1.1 } / 4 }
      let best = (0..<Self.classes).max { scores[$0] < scores[$1] } ?? 0
      labels[row] = Float(best)
      for side in 0..<Self.coordinates {
        let score = scores[Self.classes + side]
        boxes[row * Self.coordinates + side] = Float(256 + 98 * (score / (1 + abs(score))))
      }
    }
  }

  /// Computes both losses on the minibatch.
  func forward() {
    loss.forward(rows: Self.rows, at: parameters, record)
  }

  /// Records both losses of some rows.
  func record(_ tape: Tape, _ rows: Range<Int>) {
    for term in terms(on: tape, rows) { tape.addTerm(term) }
  }

  /// Both losses of some rows.
  func terms(on tape: Tape, _ rows: Range<Int> = 0..<rows) -> [Variable] {
    let x = tape.constant(
      x.pointer + rows.lowerBound * Self.inputs, shape: [rows.count, Self.inputs])
    let features = trunk(x, on: tape, activation: .tanh)
    tape.addFeatures(features)
    return losses(of: features, on: tape, rows)
  }

  private func losses(
    of features: Variable, on tape: Tape, _ rows: Range<Int>
  ) -> [Variable] {
    let labels = tape.constant(labels.pointer + rows.lowerBound, shape: [rows.count])
    let boxes = tape.constant(
      boxes.pointer + rows.lowerBound * Self.coordinates, shape: [rows.count, Self.coordinates])
    return [
      crossEntropies(classHead(features, on: tape), labels) * factors[0],
      squaredErrors(boxHead(features, on: tape), boxes) * factors[1],
    ]
  }

  /// The gradient of each loss with respect to the features, summed over the rows, with the heads
  /// alone on the tape.
  func featureGradients() -> [[Float]] {
    let trunkTape = Tape(isRecording: false)
    trunkTape.reset(parameters: parameters)
    let features = trunk(
      trunkTape.constant(x.pointer, shape: [Self.rows, Self.inputs]), on: trunkTape,
      activation: .tanh
    ).tensor
    return (0..<2).map { term in
      let tape = Tape()
      tape.reset(parameters: parameters)
      let leaf = tape.variable(features)
      tape.pullback([(mean(losses(of: leaf, on: tape, 0..<Self.rows)[term]), 1)])
      let gradient = tape.gradient(of: leaf).numbers
      return (0..<Self.hidden).map { column in
        (0..<Self.rows).reduce(0) { $0 + gradient[$1 * Self.hidden + column] }
      }
    }
  }

  /// What a balancer is told about the values of the minibatch.
  var measurement: LossMeasurement {
    var measurement = LossMeasurement(count: 2)
    measurement.values = loss.values
    measurement.magnitudes = loss.magnitudes
    return measurement
  }

  /// The gradient of a weighted sum at the last forward pass.
  func pullback(_ weights: [Double]) -> [Float] {
    loss.pullback(weights, into: gradient)
    return gradient.array
  }

  /// Trains with a balancer of values; returns the part of right classes of the last minibatches.
  func accuracy(
    training balancer: inout some LossBalancer, with optimizer: any Optimizer, rate: Double,
    steps: Int
  ) -> Double {
    for _ in 0..<steps {
      draw()
      forward()
      loss.pullback(weights(&balancer, for: measurement), into: gradient)
      optimizer.step(parameters, gradient: gradient, gradientScale: 1, learningRate: rate)
    }
    return (0..<40).reduce(0) { sum, _ in sum + accuracyOfNewMinibatch() / 40 }
  }

  private func accuracyOfNewMinibatch() -> Double {
    draw()
    let tape = Tape(isRecording: false)
    tape.reset(parameters: parameters)
    let x = tape.constant(x.pointer, shape: [Self.rows, Self.inputs])
    let scores = classHead(trunk(x, on: tape, activation: .tanh), on: tape).tensor.numbers
    let right = (0..<Self.rows).filter { row in
      let own = scores[row * Self.classes..<(row + 1) * Self.classes]
      return own.firstIndex(of: own.max() ?? 0) == row * Self.classes + Int(labels[row])
    }
    return Double(right.count) / Double(Self.rows)
  }
}

/// The norm of some numbers, `√Σ x²`.
func norm(_ numbers: some Sequence<Float>) -> Double {
  numbers.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}
