import NeuralNetworks
import PolicyOptimization
import TensorCore

// Layers of a policy as constants and as calls.

extension PolicyModel.Layer {
  /// Whether the kernels add its sums in 16 parts, as they do where there are few outputs.
  private var isNarrow: Bool { outputs <= 8 && inputs >= 16 }

  /// The function that computes it without the activation.
  private var function: CFunction { isNarrow ? .narrowLayer : .layer }

  /// The functions that it needs.
  var functions: Set<CFunction> { Set([function] + [activation.function].compactMap(\.self)) }

  /// The weights in the order in which the function reads them.
  private var orderedWeights: [Float] {
    if isNarrow { return weight }
    return (0..<inputs).flatMap { input in
      (0..<outputs).map { weight[$0 * inputs + input] }
    }
  }

  func addConstants(to text: inout CText) {
    text.add(constants: "@\(name)_weight", orderedWeights)
    text.add(constants: "@\(name)_bias", bias)
  }

  /// The lines that compute it.
  func call(from x: String, to y: String) -> [String] {
    let name = isNarrow ? "@narrow_layer" : "@layer"
    let call =
      "  \(name)(\(y), \(x), \(inputs), \(outputs), @\(self.name)_weight, @\(self.name)_bias);"
    guard let function = activation.function else { return [call] }
    return [
      call, "  for (i = 0; i < \(outputs); i++) \(y)[i] = @\(function.rawValue)(\(y)[i]);",
    ]
  }
}

extension Activation {
  /// The function that computes it; `nil` for none.
  fileprivate var function: CFunction? {
    switch self {
    case .identity: nil
    case .tanh: .tanh
    case .relu: .relu
    case .silu: .silu
    case .gelu: .gelu
    case .elu: .elu
    }
  }
}

extension PolicyModel.Trunk {
  var allLayers: [PolicyModel.Layer] {
    layers + (recurrence.map { [$0.input, $0.hidden] } ?? [])
  }

  /// The functions that it needs.
  var functions: Set<CFunction> {
    allLayers.reduce(into: recurrence == nil ? [] : [.sigmoid, .tanh]) {
      $0.formUnion($1.functions)
    }
  }

  /// Floats that its function keeps on the stack.
  var stackCount: Int {
    layers.reduce(0) { $0 + $1.outputs } + (recurrence.map { 2 * $0.input.outputs } ?? 0)
  }

  /// Adds the function that computes the features from the input.
  func addFunction(to text: inout CText) {
    let memory = recurrence == nil ? "" : "float *memory, "
    text.add(
      """

      /* The \(outputCount) features of \(name == "value" ? "the value" : "the policy"). */
      static inline void @\(name)_features(const float *x, \(memory)float *features) {
      """)
    for (index, layer) in layers.enumerated() where recurrence != nil || index < layers.count - 1 {
      text.add("  float y\(index)[\(layer.outputs)];")
    }
    if let recurrence {
      text.add(
        "  float of_input[\(recurrence.input.outputs)], of_state[\(recurrence.input.outputs)];")
    }
    if outputCount == inputs && layers.isEmpty && recurrence == nil {
      return text.add(
        """
          int32_t i;
          for (i = 0; i < \(inputs); i++) features[i] = x[i];
        }
        """)
    }
    if recurrence != nil || layers.contains(where: { $0.activation != .identity }) {
      text.add("  int32_t i;")
    }
    addLayers(to: &text)
    text.add("}")
  }

  private func addLayers(to text: inout CText) {
    var x = "x"
    for (index, layer) in layers.enumerated() {
      let y = recurrence == nil && index == layers.count - 1 ? "features" : "y\(index)"
      text.add(layer.call(from: x, to: y))
      x = y
    }
    guard let recurrence else { return }
    text.add(recurrence.input.call(from: x, to: "of_input"))
    text.add(recurrence.hidden.call(from: "memory", to: "of_state"))
    text.add("  for (i = 0; i < \(recurrence.size); i++) {")
    recurrence.addStep(to: &text)
    text.add("    features[i] = memory[i];\n  }")
  }
}

extension PolicyModel.Recurrence {
  /// Adds the step of state number i.
  fileprivate func addStep(to text: inout CText) {
    func sum(_ block: Int) -> String {
      let at = block == 0 ? "i" : "\(block * size) + i"
      return "of_input[\(at)] + of_state[\(at)]"
    }
    switch cell {
    case .gru:
      text.add(
        """
            const float r = @sigmoid(\(sum(0)));
            const float z = @sigmoid(\(sum(1)));
            const float n = @tanh(of_input[\(2 * size) + i] + r * of_state[\(2 * size) + i]);
            memory[i] = n + z * (memory[i] - n);
        """)
    case .lstm:
      text.add(
        """
            const float in = @sigmoid(\(sum(0)));
            const float keep = @sigmoid(\(sum(1)));
            const float fresh = @tanh(\(sum(2)));
            const float out = @sigmoid(\(sum(3)));
            const float cell = keep * memory[\(size) + i] + in * fresh;
            memory[\(size) + i] = cell;
            memory[i] = out * @tanh(cell);
        """)
    }
  }
}
