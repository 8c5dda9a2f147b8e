import NeuralNetworks
import RandomStreams
import TensorCore

/// A trunk of tanh and two heads, for classes and for boxes.
///
/// The head of the classes is so large at first that its loss is about 1e2, as in the question that
/// the study comes from; that of the boxes is about 1e5 as they lie around pixel 256.
struct Localizer {
  private(set) var layout = ParameterLayout()
  private let trunk: LinearLayer
  private let classHead: LinearLayer
  private let boxHead: LinearLayer

  init(width: Int) {
    let inputs = LocalizationProblem.inputs
    trunk = LinearLayer("trunk", inputs: inputs, outputs: width, in: &layout)
    classHead = LinearLayer(
      "class", inputs: width, outputs: LocalizationProblem.classes, in: &layout)
    boxHead = LinearLayer("box", inputs: width, outputs: LocalizationProblem.sides, in: &layout)
  }

  func initialize(_ parameters: Buffer, seed: Int) {
    var generator = RandomStream(seed: UInt64(seed), purpose: .initialization, index: 0)
    trunk.initialize(parameters, gain: 1, using: &generator)
    classHead.initialize(parameters, gain: 200, using: &generator)
    boxHead.initialize(parameters, gain: 1, using: &generator)
  }

  /// Records the cross-entropy of some rows, and their squared error times a factor.
  func record(
    _ rows: LocalizationProblem.Rows, _ range: Range<Int>, boxFactor: Float = 1, on tape: Tape
  ) {
    let (scores, boxes) = outputs(rows, range, on: tape)
    let targets = part(rows.boxes, LocalizationProblem.sides, range, tape)
    tape.addTerm(crossEntropies(scores, part(rows.labels, 1, range, tape)))
    tape.addTerm(squaredErrors(boxes, targets) * boxFactor)
  }

  private func outputs(
    _ rows: LocalizationProblem.Rows, _ range: Range<Int>, on tape: Tape
  ) -> (scores: Variable, boxes: Variable) {
    let x = part(rows.x, LocalizationProblem.inputs, range, tape)
    let features = trunk(x, on: tape, activation: .tanh)
    tape.addFeatures(features)
    return (classHead(features, on: tape), boxHead(features, on: tape))
  }

  private func part(
    _ buffer: Buffer, _ width: Int, _ range: Range<Int>, _ tape: Tape
  ) -> Variable {
    tape.constant(buffer, from: range.lowerBound * width, shape: [range.count, width])
  }

  /// How often the class is right, and how far off boxes are in units of their deviation.
  func score(_ rows: LocalizationProblem.Rows, at parameters: Buffer) -> LocalizationScore {
    let tape = Tape(isRecording: false)
    tape.reset(parameters: parameters)
    let (scores, boxes) = outputs(rows, 0..<rows.count, on: tape)
    let classes = LocalizationProblem.classes
    let numbers = scores.tensor.numbers
    let right = (0..<rows.count).count { row in
      let own = numbers[row * classes..<(row + 1) * classes]
      return own.indices.max { own[$0] < own[$1] } == row * classes + Int(rows.labels[row])
    }
    let squares = zip(boxes.tensor.numbers, rows.boxes.array)
      .reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let error = (squares / Double(rows.boxes.count)).squareRoot() / deviation(of: rows.boxes)
    let accuracy = Double(right) / Double(rows.count)
    return error.isFinite ? .init(accuracy: accuracy, boxError: error) : .diverged
  }

  private func deviation(of buffer: Buffer) -> Double {
    let mean = Sums.sum(buffer) / Double(buffer.count)
    let squares = buffer.array.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(buffer.count)).squareRoot()
  }
}

/// How good a localiser is.
struct LocalizationScore: Sendable {
  /// The part of right classes.
  var accuracy: Double
  /// The root of the mean squared error of the boxes, in units of their deviation.
  var boxError: Double

  /// A run whose losses were not finite.
  static let diverged = LocalizationScore(accuracy: 0, boxError: .infinity)

  static func mean(_ scores: [LocalizationScore]) -> LocalizationScore {
    let count = Double(scores.count)
    return LocalizationScore(
      accuracy: scores.reduce(0) { $0 + $1.accuracy } / count,
      boxError: scores.reduce(0) { $0 + $1.boxError } / count)
  }
}
