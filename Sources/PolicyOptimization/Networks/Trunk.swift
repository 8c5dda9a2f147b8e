import NeuralNetworks
import RandomStreams
import Requirements
import TensorCore

/// The size and the kind of a recurrent layer behind the hidden layers.
public struct RecurrenceOptions: Sendable, Hashable {
  /// Which kind.
  public var cell: RecurrentCell
  /// The number of its outputs, H.
  public var size: Int

  /// Names both.
  public init(cell: RecurrentCell, size: Int) {
    self.cell = cell
    self.size = size
  }
}

/// The hidden layers of a network, with a recurrent one behind them if it is to remember. Features of
/// images join what the hidden layers give.
struct Trunk: Sendable {
  let layers: MultilayerPerceptron
  let recurrence: RecurrentLayer?
  let outputCount: Int

  /// Adds the parameters `name.0.weight` … and, of a recurrent layer, `name.recurrent.input.weight` …
  /// to a layout.
  ///
  /// Where there are no inputs but images, there are no hidden layers.
  init(
    _ name: String, inputs: Int, imageFeatures: Int = 0, sizes: [Int], activation: Activation,
    recurrence: RecurrenceOptions?, in layout: inout ParameterLayout
  ) {
    let layers = MultilayerPerceptron(
      name, inputs: inputs, sizes: inputs > 0 ? sizes : [], activation: activation, in: &layout)
    let featureCount = layers.outputCount + imageFeatures
    self.layers = layers
    self.recurrence = recurrence.map {
      RecurrentLayer(
        "\(name).recurrent", cell: $0.cell, inputs: featureCount, size: $0.size, in: &layout)
    }
    outputCount = self.recurrence?.outputCount ?? featureCount
  }

  /// How many numbers it remembers, S.
  var memoryCount: Int { recurrence?.memoryCount ?? 0 }

  /// How many words of random numbers the initial weights are made of.
  var drawCount: UInt64 {
    let recurrent = recurrence.map { $0.input.drawCount + $0.hidden.drawCount } ?? 0
    return layers.layers.reduce(recurrent) { $0 + $1.drawCount }
  }

  func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    layers.initialize(parameters, using: &generator)
    recurrence?.initialize(parameters, using: &generator)
  }

  /// Applies the layers to rows `[rows, in]`.
  ///
  /// - Parameters:
  ///   - x: The rows; `nil` where there are images alone.
  ///   - images: Features of images, `[rows, imageFeatures]`.
  ///   - memory: What is remembered before the first step.
  ///   - tape: Where to record.
  /// - Returns: The outputs, `[rows, outputCount]`, and what is remembered after the last step, if
  ///   anything is, `[n, S]`.
  func callAsFunction(
    _ x: Variable?, images: Variable? = nil, from memory: SequenceMemory?, on tape: Tape
  ) -> (features: Variable, states: Variable?) {
    let hidden = joined(images, x.map { layers($0, on: tape) })
    guard let recurrence, let memory else { return (hidden, nil) }
    let (outputs, states) = recurrence(hidden, from: memory, on: tape)
    return (outputs, states)
  }

  private func joined(_ first: Variable?, _ second: Variable?) -> Variable {
    switch (first, second) {
    case (let first?, let second?): concatenate(first, second, axis: 1)
    case (let only?, nil), (nil, let only?): only
    case (nil, nil): stop("A network needs numbers or images to look at.")
    }
  }
}

extension LinearLayer {
  /// How many words of random numbers the initial weight is made of: two for a normal number.
  var drawCount: UInt64 { 2 * UInt64(weight.shape.count) }
}
