import RandomStreams
import Requirements
import TensorCore

/// The kinds of recurrent layers.
public enum RecurrentCell: String, Sendable, Codable, CaseIterable {
  /// The gated recurrent unit: one state, two gates.
  case gru
  /// Long short-term memory: an output and a cell, three gates.
  case lstm

  /// How many blocks of H numbers the weights give: the gates and the proposed state.
  var gateCount: Int {
    switch self {
    case .gru: 3
    case .lstm: 4
    }
  }
}

/// A layer whose output depends on what it saw in the steps before.
///
/// The inputs of all steps are multiplied by their weights at once; what remains for the steps, one
/// after another, is the product with the state.
public struct RecurrentLayer: Sendable, Hashable {
  /// Which kind.
  public let cell: RecurrentCell
  /// The number of outputs, H.
  public let outputCount: Int
  /// What is applied to the inputs, weight `[gates · H, in]`.
  public let input: LinearLayer
  /// What is applied to the state, weight `[gates · H, H]`.
  public let hidden: LinearLayer

  /// Adds the parameters `name.input.weight`, `name.input.bias`, `name.hidden.weight` and
  /// `name.hidden.bias` to a layout.
  public init(
    _ name: String, cell: RecurrentCell, inputs: Int, size: Int, in layout: inout ParameterLayout
  ) {
    self.cell = cell
    outputCount = size
    let gates = cell.gateCount * size
    input = LinearLayer("\(name).input", inputs: inputs, outputs: gates, in: &layout)
    hidden = LinearLayer("\(name).hidden", inputs: size, outputs: gates, in: &layout)
  }

  /// How many numbers it remembers, S.
  public var memoryCount: Int {
    switch cell {
    case .gru: outputCount
    case .lstm: 2 * outputCount
    }
  }

  /// Makes the weights orthogonal with gain 1 and the biases zero.
  public func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    input.initialize(parameters, gain: 1, using: &generator)
    hidden.initialize(parameters, gain: 1, using: &generator)
  }

  /// Applies the layer to sequences.
  ///
  /// - Parameters:
  ///   - x: `[L · n, in]`, step by step.
  ///   - memory: What is remembered before the first step, `[n, S]`.
  ///   - tape: Where to record.
  /// - Returns: The outputs, `[L · n, H]`, and what is remembered after the last step, `[n, S]`.
  public func callAsFunction(
    _ x: Variable, from memory: SequenceMemory, on tape: Tape
  ) -> (outputs: Variable, states: Variable) {
    let count = memory.states.shape[0]
    require(
      x.shape[0] == memory.steps * count,
      "\(count) sequences of \(memory.steps) steps do not have \(x.shape[0]) rows.")
    let inputs = input(x, on: tape)
    var states = memory.states
    let outputs = concatenate(0..<memory.steps, axis: 0) { step in
      let rows = step * count..<(step + 1) * count
      if let continues = memory.continues { states = states * slice(continues, rows, axis: 0) }
      states = advance(states, by: slice(inputs, rows, axis: 0), on: tape)
      return cell == .gru ? states : columns(0, of: states)
    }
    return (outputs, states)
  }

  /// The states after one step.
  private func advance(_ states: Variable, by x: Variable, on tape: Tape) -> Variable {
    switch cell {
    case .gru: gatedRecurrentUnit(states, x, on: tape)
    case .lstm: longShortTermMemory(states, x, on: tape)
    }
  }

  /// Block number `block` of H columns.
  func columns(_ block: Int, _ count: Int = 1, of x: Variable) -> Variable {
    slice(x, block * outputCount..<(block + count) * outputCount, axis: 1)
  }
}
