import EnvironmentKit
import NeuralNetworks
import PolicyOptimization

/// A policy as a header in C99.
///
/// It adds and rounds as the kernels do, so that its actions have the bits of the program's.
struct CHeader {
  let model: PolicyModel
  let options: ExportOptions
  let example: Example

  /// - Throws: ``ExportError`` if the options do not fit.
  init(_ model: PolicyModel, _ options: ExportOptions, example: Example) throws(ExportError) {
    try options.checkName()
    if options.givesValue && model.valueScale == nil {
      throw ExportError(
        description: """
          The value's unit is not known: the checkpoint is of format version 1 and does not hold the \
          deviation of the returns. Export without the value.
          """)
    }
    self.model = model
    self.options = options
    self.example = example
  }

  /// The file and its description.
  var exported: ExportedPolicy {
    ExportedPolicy(bytes: Array(text.utf8), inputs: inputs, outputs: outputs)
  }

  private var text: String {
    var text = CText()
    addOpening(to: &text)
    for function in CFunction.closure(of: functions) { text.add("\n" + function.source) }
    addConstants(to: &text)
    model.policy.addFunction(to: &text)
    if options.givesValue { model.value?.addFunction(to: &text) }
    addMemory(to: &text)
    addAction(to: &text)
    addSelfTest(to: &text)
    addClosing(to: &text)
    if options.hasMain { addMain(to: &text) }
    return text.text(named: options.name)
  }

  /// All layers that are written.
  var layers: [PolicyModel.Layer] {
    var layers = model.policy.allLayers + [model.policyHead]
    if options.givesValue { layers += (model.value?.allLayers ?? []) + [model.valueHead] }
    if options.isStochastic, case .numbers(_, .layer(let layer, _), _) = model.actions {
      layers.append(layer)
    }
    return layers
  }

  /// How many numbers are remembered by what is written.
  var memoryCount: Int { options.givesValue ? model.memoryCount : model.policy.memoryCount }

  private var functions: Set<CFunction> {
    var functions = layers.reduce(into: model.policy.functions) { $0.formUnion($1.functions) }
    if let value = model.value, options.givesValue { functions.formUnion(value.functions) }
    if options.givesValue {
      functions.insert(.fusedMultiplyAdd)
      if case .symlog = model.valueScale { functions.insert(.exp) }
    }
    switch model.actions {
    case .choices:
      functions.insert(.logSoftmax)
    case .numbers(_, let deviations, let areSquashed):
      if areSquashed { functions.insert(.tanh) }
      if options.isStochastic { functions.insert(.exp) }
      if options.isStochastic, case .exploration = deviations { functions.insert(.log) }
    }
    return functions
  }

  private func addConstants(to text: inout CText) {
    text.add(
      "\n/* Weights of layers are [inputs][outputs], those of narrow ones [outputs][inputs]. */")
    if let normalization = model.normalization {
      text.add(constants: "@means", normalization.means)
      text.add(constants: "@scales", normalization.scales)
    }
    for layer in layers { layer.addConstants(to: &text) }
    guard case .numbers(let box, let deviations, _) = model.actions else { return }
    text.add(constants: "@lowest", box.lowest.map { max($0, -.greatestFiniteMagnitude) })
    text.add(constants: "@highest", box.highest.map { min($0, .greatestFiniteMagnitude) })
    guard options.isStochastic else { return }
    switch deviations {
    case .constant(let logs), .exploration(let logs):
      text.add(constants: "@log_deviations", logs)
    case .layer: break
    }
  }

  private func addMemory(to text: inout CText) {
    guard memoryCount > 0 else { return }
    text.add(
      """

      /* What is remembered of an episode. */
      typedef struct { float numbers[\(memoryCount)]; } @memory;

      /* Forgets everything, at the beginning of an episode. */
      static inline void @begin(@memory *memory) {
        int32_t i;
        for (i = 0; i < \(memoryCount); i++) memory->numbers[i] = 0.0f;
      }
      """)
  }
}
