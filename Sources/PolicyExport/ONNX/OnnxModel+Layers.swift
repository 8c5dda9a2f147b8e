import NeuralNetworks
import PolicyOptimization
import TensorCore

// Layers as operators.

extension OnnxModel {
  /// The output of a layer, `[N, out]`.
  mutating func layer(_ layer: PolicyModel.Layer, of x: String) -> String {
    let weight = graph.constant(
      "\(layer.name)_weight", [layer.outputs, layer.inputs], layer.weight)
    let bias = graph.constant("\(layer.name)_bias", [layer.outputs], layer.bias)
    let sums = graph.node("Gemm", [x, weight, bias], ["transB": 1])
    return activated(sums, layer.activation)
  }

  private mutating func activated(_ x: String, _ activation: Activation) -> String {
    switch activation {
    case .identity: return x
    case .tanh: return graph.node("Tanh", [x])
    case .relu: return graph.node("Relu", [x])
    case .elu: return graph.node("Elu", [x])
    case .silu: return graph.node("Mul", [x, graph.node("Sigmoid", [x])])
    case .gelu:
      // The operator Gelu exists from operator set 20 only.
      let erf = graph.node("Erf", [graph.node("Mul", [x, graph.constant(0.707_106_78)])])
      let half = graph.node("Mul", [x, graph.constant(0.5)])
      return graph.node("Mul", [half, graph.node("Add", [erf, graph.constant(1)])])
    }
  }

  /// The features that hidden layers give, `[N, K]`, and what they remember then, if they do.
  ///
  /// - Parameters:
  ///   - trunk: The layers.
  ///   - x: The input.
  ///   - memory: What all trunks remember.
  ///   - first: Where the memory of this one begins.
  /// - Returns: The names of both.
  mutating func layers(
    _ trunk: PolicyModel.Trunk, of x: String, _ memory: String?, from first: Int
  ) -> (features: String, state: String?) {
    var x = x
    for layer in trunk.layers { x = self.layer(layer, of: x) }
    guard let recurrence = trunk.recurrence, let memory else { return (x, nil) }
    func part(_ index: Int) -> String {
      let start = first + index * recurrence.size
      return columns(start..<start + recurrence.size, of: memory)
    }
    switch recurrence.cell {
    case .gru:
      let state = gatedRecurrentUnit(recurrence, trunk.name, x, part(0))
      return (state, state)
    case .lstm:
      let (output, cell) = longShortTermMemory(recurrence, trunk.name, x, part(0), part(1))
      return (output, graph.node("Concat", [output, cell], ["axis": 1]))
    }
  }

  /// Some columns of a matrix.
  mutating func columns(_ range: Range<Int>, of x: String) -> String {
    graph.node(
      "Slice",
      [
        x, graph.constant(integers: [range.lowerBound]),
        graph.constant(integers: [range.upperBound]),
        graph.constant(integers: [1]),
      ])
  }

  private mutating func gatedRecurrentUnit(
    _ layer: PolicyModel.Recurrence, _ name: String, _ x: String, _ state: String
  ) -> String {
    // ONNX has the gates in the order z, r, n.
    let inputs = weights(of: layer, name, order: [1, 0, 2])
    let next = "\(name)_state"
    graph.node(
      "GRU", [sequence(x)] + inputs + ["", sequence(state)], outputs: ["", next],
      ["hidden_size": layer.size, "linear_before_reset": 1])
    return step(of: next)
  }

  private mutating func longShortTermMemory(
    _ layer: PolicyModel.Recurrence, _ name: String, _ x: String, _ output: String, _ cell: String
  ) -> (output: String, cell: String) {
    // ONNX has the gates in the order i, o, f, g.
    let inputs = weights(of: layer, name, order: [0, 3, 1, 2])
    let (nextOutput, nextCell) = ("\(name)_output", "\(name)_cell")
    graph.node(
      "LSTM", [sequence(x)] + inputs + ["", sequence(output), sequence(cell)],
      outputs: ["", nextOutput, nextCell], ["hidden_size": layer.size])
    return (step(of: nextOutput), step(of: nextCell))
  }

  /// The matrices and biases of a layer with its blocks in another order.
  private mutating func weights(
    of layer: PolicyModel.Recurrence, _ name: String, order: [Int]
  ) -> [String] {
    func blocks(_ numbers: [Float]) -> [Float] {
      let count = numbers.count / order.count
      return order.flatMap { numbers[$0 * count..<($0 + 1) * count] }
    }
    let rows = order.count * layer.size
    return [
      graph.constant(
        "\(layer.input.name)_weight", [1, rows, layer.input.inputs], blocks(layer.input.weight)),
      graph.constant(
        "\(layer.hidden.name)_weight", [1, rows, layer.size], blocks(layer.hidden.weight)),
      graph.constant(
        "\(name)_recurrent_biases", [1, 2 * rows],
        blocks(layer.input.bias) + blocks(layer.hidden.bias)),
    ]
  }

  /// A sequence of one step, `[1, N, …]`.
  private mutating func sequence(_ x: String) -> String {
    graph.node("Unsqueeze", [x, graph.constant(integers: [0])])
  }

  /// The only step of a sequence.
  private mutating func step(of x: String) -> String {
    graph.node("Squeeze", [x, graph.constant(integers: [0])])
  }
}
