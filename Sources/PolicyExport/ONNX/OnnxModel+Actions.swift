import EnvironmentKit
import Foundation
import NeuralNetworks
import PolicyOptimization

// Actions as operators.

extension OnnxModel {
  private mutating func noise(_ count: Int, _ meaning: String) -> String {
    graph.input(.init(name: "noise", shape: [count], meaning: meaning))
  }

  mutating func addChoices(
    _ counts: [Int], of outputs: String, isSingle: Bool, areMasked: Bool
  ) {
    let scores = areMasked ? masked(outputs, counts.reduce(0, +)) : outputs
    let noise =
      options.isStochastic ? noise(counts.count, "Uniform numbers in [0, 1), one a choice") : nil
    var (first, probabilities, actions) = (0, [String](), [String]())
    for (component, count) in counts.enumerated() {
      let part = counts.count == 1 ? scores : columns(first..<first + count, of: scores)
      let some = graph.node("Softmax", [part], ["axis": 1])
      probabilities.append(some)
      if let noise {
        actions.append(drawn(some, count, columns(component..<component + 1, of: noise)))
      } else {
        actions.append(
          graph.node("ArgMax", [part], ["axis": 1, "keepdims": 1]))
      }
      first += count
    }
    if isSingle {
      graph.node("Squeeze", [actions[0], graph.constant(integers: [1])], as: "action")
    } else {
      graph.node("Concat", actions, as: "action", ["axis": 1])
    }
    graph.node("Concat", probabilities, as: "probabilities", ["axis": 1])
    graph.output(
      .init(
        name: "action", shape: isSingle ? [] : [counts.count],
        meaning: "The index of each choice, counted from 0"), .integer)
    graph.output(
      .init(
        name: "probabilities", shape: [counts.reduce(0, +)],
        meaning: "The probability of each choice, those of all components behind one another"))
  }

  /// Scores in which those of invalid choices are so low that their probability is 0.
  private mutating func masked(_ scores: String, _ count: Int) -> String {
    let valid = graph.input(
      .init(name: "valid", shape: [count], meaning: "Whether each choice can be taken"), .boolean)
    let mask = graph.node("Cast", [valid], ["to": OnnxGraph.Element.float.rawValue])
    let missing = graph.node("Sub", [mask, graph.constant(1)])
    return graph.node("Add", [scores, graph.node("Mul", [missing, graph.constant(1e8)])])
  }

  /// The first choice at which the sum of the probabilities exceeds a number; the last possible one
  /// where rounding lets the sum of all stay below it. `[N, 1]`.
  private mutating func drawn(_ probabilities: String, _ count: Int, _ number: String) -> String {
    let sums = graph.node("CumSum", [probabilities, graph.constant(integer: 1)])
    let float = OnnxGraph.Element.float.rawValue
    let below = graph.node(
      "Cast", [graph.node("LessOrEqual", [sums, number])], ["to": float])
    let choice = graph.node(
      "ReduceSum", [below, graph.constant(integers: [1])], ["keepdims": 1])
    let isPossible = graph.node(
      "Cast", [graph.node("Greater", [probabilities, graph.constant(0)])], ["to": float])
    let indices = graph.constant("indices_\(count)", [count], (0..<count).map { Float($0) })
    let last = graph.node(
      "ArgMax", [graph.node("Mul", [isPossible, indices])],
      ["axis": 1, "keepdims": 1])
    let whole = OnnxGraph.Element.integer.rawValue
    let chosen = graph.node("Cast", [choice], ["to": whole])
    return graph.node("Min", [chosen, last])
  }

  mutating func addNumbers(
    _ box: BoxSpace, _ means: String, _ deviations: PolicyModel.Deviations, of features: String,
    areSquashed: Bool
  ) {
    graph.node("Identity", [means], as: "mean")
    let deviation = self.deviation(deviations, box.count, means, features)
    graph.node("Identity", [deviation], as: "deviation")
    var numbers = means
    if options.isStochastic {
      let noise = noise(box.count, "Standard normal numbers")
      numbers = graph.node("Add", [means, graph.node("Mul", [deviation, noise])])
    }
    let lowest = graph.constant("lowest", [box.count], box.lowest)
    let highest = graph.constant("highest", [box.count], box.highest)
    if areSquashed {
      graph.node("Min", [squashed(numbers, box, lowest, highest), highest], as: "action")
    } else {
      graph.node("Min", [graph.node("Max", [numbers, lowest]), highest], as: "action")
    }
    let form = areSquashed ? ", before tanh and the bounds are applied" : ", before it is bounded"
    graph.output(
      .init(name: "action", shape: [box.count], meaning: "The action, within its bounds"))
    graph.output(
      .init(name: "mean", shape: [box.count], meaning: "The mean of the action\(form)"))
    graph.output(
      .init(name: "deviation", shape: [box.count], meaning: "The deviation of the action\(form)"))
  }

  private mutating func squashed(
    _ numbers: String, _ box: BoxSpace, _ lowest: String, _ highest: String
  ) -> String {
    let one = graph.node("Add", [graph.node("Tanh", [numbers]), graph.constant(1)])
    let part = graph.node("Mul", [one, graph.constant(0.5)])
    let distances = zip(box.lowest, box.highest).map { $1 - $0 }
    guard distances.allSatisfy(\.isFinite) else {
      // The distance is more than single precision holds, so the bounds are weighted.
      let rest = graph.node("Sub", [graph.constant(1), part])
      return graph.node(
        "Add", [graph.node("Mul", [lowest, rest]), graph.node("Mul", [highest, part])])
    }
    let distance = graph.constant("distances", [box.count], distances)
    return graph.node("Add", [lowest, graph.node("Mul", [part, distance])])
  }

  /// σ, `[N, A]`.
  private mutating func deviation(
    _ deviations: PolicyModel.Deviations, _ count: Int, _ means: String, _ features: String
  ) -> String {
    switch deviations {
    case .constant(let logs):
      let constants = graph.constant("deviations", [count], logs.map { Float(exp(Double($0))) })
      return graph.node("Expand", [constants, graph.node("Shape", [means])])
    case .layer(let layer, let bounds):
      let clamped = graph.node(
        "Clip",
        [
          self.layer(layer, of: features), graph.constant(bounds.lowerBound),
          graph.constant(bounds.upperBound),
        ])
      return graph.node("Exp", [clamped])
    case .exploration(let logs):
      let variances = graph.constant(
        "noise_variances", [logs.count / count, count], logs.map { Float(exp(2 * Double($0))) })
      let squares = graph.node("Mul", [features, features])
      let sum = graph.node("MatMul", [squares, variances])
      return graph.node("Sqrt", [graph.node("Add", [sum, graph.constant(1e-6)])])
    }
  }
}
