import TestSupport
import Testing

@testable import TensorCore

/// Three losses of small networks: a policy's, a value's and, with negative values, an entropy's.
struct LossSubject {
  static let columns = 3
  static let hidden = 6
  static let classes = 3
  static let termCount = 3

  /// Whether policy and value have their hidden layer in common.
  let isShared: Bool
  let parameters: Buffer
  private let slices: [ParameterSlice]
  private let observations: Buffer
  private let actions: Buffer
  private let targets: Buffer

  init(rows: Int, isShared: Bool = true) {
    self.isShared = isShared
    let (columns, hidden, classes) = (Self.columns, Self.hidden, Self.classes)
    let shapes: [Shape] =
      [[hidden, columns], [hidden], [classes, hidden], [classes], [1, hidden], [1]]
      + (isShared ? [] : [[hidden, columns], [hidden]])
    var layout = ParameterLayout()
    slices = shapes.enumerated().map { layout.add("parameter \($0.offset)", $0.element) }
    var generator = SplitMix(seed: 7)
    parameters = Buffer(generator.floats(layout.count))
    observations = Buffer(generator.floats(rows * columns))
    actions = Buffer((0..<rows).map { Float($0 * 7 % classes) })
    targets = Buffer(generator.floats(rows))
  }

  /// Records the losses of some rows.
  func record(_ tape: Tape, _ rows: Range<Int>) {
    let x = tape.constant(
      observations.pointer + rows.lowerBound * Self.columns, shape: [rows.count, Self.columns])
    let shared = layer(x, 0, on: tape, .tanh)
    let separate = isShared ? shared : layer(x, 6, on: tape, .silu)
    tape.addFeatures(shared)
    if !isShared { tape.addFeatures(separate) }
    addTerms(shared, separate, rows, to: tape)
  }

  /// Records the losses of some rows as functions of the features.
  func addTerms(
    _ policyFeatures: Variable, _ valueFeatures: Variable, _ rows: Range<Int>, to tape: Tape
  ) {
    let logProbabilities = logSoftmax(layer(policyFeatures, 2, on: tape))
    let actions = tape.constant(actions.pointer + rows.lowerBound, shape: [rows.count])
    let targets = tape.constant(targets.pointer + rows.lowerBound, shape: [rows.count])
    let value = reshape(layer(valueFeatures, 4, on: tape), [rows.count])
    tape.addTerm(-pick(logProbabilities, actions))
    tape.addTerm(square(value - targets))
    tape.addTerm(sum(exp(logProbabilities) * logProbabilities, axis: -1))
  }

  private func layer(
    _ x: Variable, _ first: Int, on tape: Tape, _ activation: Activation = .identity
  ) -> Variable {
    linear(
      x, tape.parameter(slices[first]), tape.parameter(slices[first + 1]), activation: activation)
  }

  /// A composite loss after its forward pass.
  func forward(rows: Int, threads: Int) -> CompositeLoss {
    let loss = makeLoss(threads: threads)
    loss.forward(rows: rows, at: parameters, record)
    return loss
  }

  func makeLoss(threads: Int) -> CompositeLoss {
    CompositeLoss(
      termCount: Self.termCount, parameterCount: parameters.count,
      pool: WorkerPool(count: threads))
  }

  /// The losses of all rows on a single plain tape.
  func plainTape(rows: Int) -> Tape {
    let tape = Tape()
    tape.reset(parameters: parameters)
    record(tape, 0..<rows)
    return tape
  }

  /// The gradient of the weighted sum of the losses from a plain tape.
  func plainGradient(_ weights: [Double], rows: Int) -> [Double] {
    let tape = plainTape(rows: rows)
    let gradient = Buffer(count: parameters.count)
    let outputs = zip(tape.termVariables, weights).map {
      (output: $0, weight: Float($1 / Double(rows)))
    }
    tape.pullback(outputs, addingTo: gradient)
    return gradient.array.map(Double.init)
  }
}

extension Tape {
  /// The losses that were recorded.
  var termVariables: [Variable] { terms.map { Variable(tape: self, position: $0) } }
  /// The features that were recorded.
  var featureVariables: [Variable] { features.map { Variable(tape: self, position: $0) } }
}

/// The bits of numbers: equality that tells 0 from −0 and finds a NaN equal to itself.
func bits(_ buffer: Buffer) -> [UInt32] { bits(buffer.array) }
func bits(_ numbers: [Double]) -> [UInt64] { numbers.map(\.bitPattern) }
func bits(_ numbers: [Float]) -> [UInt32] { numbers.map(\.bitPattern) }
