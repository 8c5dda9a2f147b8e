import EnvironmentKit
import NeuralNetworks
import PolicyOptimization

/// A policy as a graph of ONNX, for any number of observations at once.
struct OnnxModel {
  let model: PolicyModel
  let options: ExportOptions
  var graph = OnnxGraph()

  init(_ model: PolicyModel, _ options: ExportOptions) {
    self.model = model
    self.options = options
    build()
  }

  /// The file and its description.
  var exported: ExportedPolicy {
    let name = model.environment.name
    return ExportedPolicy(
      bytes: graph.model(options.name, meaning: "A policy for \(name).", properties),
      inputs: graph.inputs, outputs: graph.outputs)
  }

  private mutating func build() {
    let width = model.environment.observationCount
    var x = graph.input(
      .init(
        name: "observation", shape: [width],
        meaning: "What is observed, as the environment gives it"))
    if let normalization = model.normalization { x = normalized(x, normalization) }
    let memory = model.memoryCount > 0 ? addMemoryInput() : nil
    let (features, state) = layers(model.policy, of: x, memory, from: 0)
    let (valueFeatures, valueState) =
      model.value.map { layers($0, of: x, memory, from: model.policy.memoryCount) }
      ?? (features, nil)
    let outputs = layer(model.policyHead, of: features)
    switch model.actions {
    case .choices(let counts, let isSingle, let areMasked):
      addChoices(counts, of: outputs, isSingle: isSingle, areMasked: areMasked)
    case .numbers(let box, let deviations, let areSquashed):
      addNumbers(box, outputs, deviations, of: features, areSquashed: areSquashed)
    }
    addValue(of: valueFeatures)
    let states = [state, valueState].compactMap(\.self)
    if !states.isEmpty { addMemoryOutput(states) }
  }

  private mutating func normalized(
    _ x: String, _ normalization: PolicyModel.Normalization
  ) -> String {
    let count = normalization.means.count
    let means = graph.constant("means", [count], normalization.means)
    let scales = graph.constant("scales", [count], normalization.scales)
    let scaled = graph.node("Mul", [graph.node("Sub", [x, means]), scales])
    let (lowest, highest) = (
      graph.constant(-normalization.bound), graph.constant(normalization.bound)
    )
    return graph.node("Clip", [scaled, lowest, highest])
  }

  private mutating func addMemoryInput() -> String {
    graph.input(
      .init(
        name: "memory", shape: [model.memoryCount],
        meaning: "What is remembered of the episode; zeros at its beginning"))
  }

  private mutating func addMemoryOutput(_ states: [String]) {
    graph.node("Concat", states, as: "next_memory", ["axis": 1])
    graph.output(
      .init(
        name: "next_memory", shape: [model.memoryCount],
        meaning: "What is remembered then: the memory of the next step"))
  }

  private mutating func addValue(of features: String) {
    guard let scale = model.valueScale else { return }
    let prediction = layer(model.valueHead, of: features)
    let value: String
    switch scale {
    case .linear(let shift, let scale):
      let scaled = graph.node("Mul", [prediction, graph.constant(Float(scale))])
      value = graph.node("Add", [scaled, graph.constant(Float(shift))])
    case .symlog(let scale):
      let size = graph.node("Exp", [graph.node("Abs", [prediction])])
      let magnitude = graph.node("Sub", [size, graph.constant(1)])
      let signed = graph.node("Mul", [graph.node("Sign", [prediction]), magnitude])
      value = graph.node("Mul", [signed, graph.constant(Float(scale))])
    }
    graph.node("Squeeze", [value, graph.constant(integers: [1])], as: "value")
    graph.output(
      .init(
        name: "value", shape: [],
        meaning: "The discounted return, in the environment's rewards, that is expected"))
  }
}
