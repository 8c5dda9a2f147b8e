import Testing

@testable import TensorCore

extension GradientTests {
  static let rearrangements = sums + alongAxes + softmaxes + parts

  static let sums: [GradientCase] = shapes.flatMap { shape -> [GradientCase] in
    [
      GradientCase("sum of all", [shape]) { sum($0[0]) },
      GradientCase("mean of all", [shape]) { mean($0[0]) },
      GradientCase("as a row", [shape]) { reshape($0[0], Shape($0[0].shape.count)) * 2 },
    ]
  }

  static let alongAxes: [GradientCase] = shapes.flatMap { shape -> [GradientCase] in
    (-shape.rank..<shape.rank).flatMap { axis -> [GradientCase] in
      [
        GradientCase("sum along \(axis)", [shape]) { sum($0[0], axis: axis) },
        GradientCase("mean along \(axis)", [shape]) { mean($0[0], axis: axis) },
        GradientCase("part along \(axis)", [shape]) {
          slice($0[0], $0[0].shape[axis] / 3..<$0[0].shape[axis], axis: axis)
        },
        GradientCase("behind another and itself along \(axis)", [shape, shape]) {
          concatenate(concatenate($0[0], $0[1], axis: axis), $0[0], axis: axis)
        },
      ]
    }
  }

  static let softmaxes: [GradientCase] = shapes.dropFirst().flatMap { shape -> [GradientCase] in
    [
      GradientCase("log softmax", [shape]) { logSoftmax($0[0]) },
      GradientCase("softmax", [shape]) { softmax($0[0]) },
      GradientCase("log Σ exp", [shape]) { logSumExp($0[0]) },
    ]
  }

  static let parts: [GradientCase] = [
    GradientCase("five parts behind one another", [[2, 3], [2, 3]]) { inputs in
      concatenate(0..<5, axis: 0) { part in inputs[part % 2] * Float(part + 1) }
    },
    GradientCase("transpose", [[3, 5]]) { transpose($0[0]) },
    GradientCase("repetition", [[]]) { repeated($0[0], rows: 5) },
    GradientCase("repetition", [[1, 1]]) { repeated($0[0], rows: 3) },
    GradientCase("choice", [[4, 3]]) { inputs in
      pick(inputs[0], inputs[0].tape.constant(Tensor(shape: [4], [2, 0, 1, 2])))
    },
    GradientCase("no rows", [[4, 3]]) { slice($0[0], 1..<1, axis: 0) },
  ]

  /// Variables that are used more than once, and chains of operations.
  static let compositions: [GradientCase] = [
    GradientCase("x x", [[5]]) { $0[0] * $0[0] },
    GradientCase("x / (1 + x²)", [[5]]) { $0[0] / (square($0[0]) + 1) },
    GradientCase("x xᵀ", [[3, 4]]) { matmul($0[0], transpose($0[0])) },
    GradientCase("the deviation", [[9]]) {
      squareRoot(mean(square($0[0] - mean($0[0]))) + 1)
    },
    GradientCase("entropy", [[4, 3]]) {
      let logProbabilities = logSoftmax($0[0])
      return -sum(exp(logProbabilities) * logProbabilities, axis: -1)
    },
    GradientCase("two layers", [[5, 3], [4, 3], [4], [2, 4], [2]]) {
      linear(linear($0[0], $0[1], $0[2], activation: .tanh), $0[3], $0[4])
    },
    GradientCase("a layer used twice", [[5, 3], [3, 3], [3]]) {
      let once = linear($0[0], $0[1], $0[2], activation: .tanh)
      return linear(once, $0[1], $0[2], activation: .tanh) + once
    },
    GradientCase("clipped surrogate", [[7], [7]], .awayFromEachOther) {
      let (ratio, advantage) = (exp($0[0]), $0[1] + 0.125)
      return minimum(ratio * advantage, clamp(ratio, 0.75...1.25) * advantage)
    },
  ]
}
