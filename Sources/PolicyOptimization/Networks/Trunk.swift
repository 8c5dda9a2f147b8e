import NeuralNetworks
import RandomStreams
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

/// The hidden layers of a network, with a recurrent one behind them if it is to remember.
struct Trunk: Sendable {
  let layers: MultilayerPerceptron
  let recurrence: RecurrentLayer?
  let outputCount: Int

  /// Adds the parameters `name.0.weight` … and, of a recurrent layer, `name.recurrent.input.weight` …
  /// to a layout.
  init(
    _ name: String, inputs: Int, sizes: [Int], activation: Activation,
    recurrence: RecurrenceOptions?, in layout: inout ParameterLayout
  ) {
    let layers = MultilayerPerceptron(
      name, inputs: inputs, sizes: sizes, activation: activation, in: &layout)
    self.layers = layers
    self.recurrence = recurrence.map {
      RecurrentLayer(
        "\(name).recurrent", cell: $0.cell, inputs: layers.outputCount, size: $0.size, in: &layout)
    }
    outputCount = self.recurrence?.outputCount ?? layers.outputCount
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
  /// - Returns: The outputs, `[rows, outputCount]`, and what is remembered after the last step, if
  ///   anything is, `[n, S]`.
  func callAsFunction(
    _ x: Variable, from memory: SequenceMemory?, on tape: Tape
  ) -> (features: Variable, states: Variable?) {
    let hidden = layers(x, on: tape)
    guard let recurrence, let memory else { return (hidden, nil) }
    let (outputs, states) = recurrence(hidden, from: memory, on: tape)
    return (outputs, states)
  }
}

extension LinearLayer {
  /// How many words of random numbers the initial weight is made of: two for a normal number.
  var drawCount: UInt64 { 2 * UInt64(weight.shape.count) }
}
