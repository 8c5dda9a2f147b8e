import TensorCore
import TestSupport
import Testing

@Suite("Gradients equal central differences")
struct GradientTests {
  @Test("of functions of one variable", arguments: unary)
  func unaryFunctions(_ subject: GradientCase) {
    let mismatch = subject.mismatch()
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("of functions of two variables, broadcast both ways", arguments: binary)
  func binaryFunctions(_ subject: GradientCase) {
    let mismatch = subject.mismatch()
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("of matrix products and layers", arguments: products)
  func matrixProducts(_ subject: GradientCase) {
    let mismatch = subject.mismatch()
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("of sums, softmax, parts and shapes", arguments: rearrangements)
  func partsAndSums(_ subject: GradientCase) {
    let mismatch = subject.mismatch()
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("of functions of several operations", arguments: compositions)
  func severalOperations(_ subject: GradientCase) {
    let mismatch = subject.mismatch()
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  /// Ranks 0 to 4, and more numbers than a vector holds.
  static let shapes: [Shape] = [[], [3], [17], [4, 5], [2, 3, 4], [2, 1, 3, 2]]

  static let unary: [GradientCase] = shapes.flatMap { shape -> [GradientCase] in
    [
      GradientCase("tanh", [shape]) { tanh($0[0]) },
      GradientCase("sigmoid", [shape]) { sigmoid($0[0]) },
      GradientCase("silu", [shape]) { silu($0[0]) },
      GradientCase("gelu", [shape]) { gelu($0[0]) },
      GradientCase("softplus", [shape]) { softplus($0[0]) },
      GradientCase("exp", [shape]) { exp($0[0]) },
      GradientCase("square", [shape]) { square($0[0]) },
      GradientCase("negative", [shape]) { -$0[0] },
      GradientCase("log", [shape], .anywhere(1...3)) { log($0[0]) },
      GradientCase("root", [shape], .anywhere(1...3)) { squareRoot($0[0]) },
      GradientCase("relu", [shape], .awayFromEachOther) { relu($0[0]) },
      GradientCase("elu", [shape], .awayFromEachOther) { elu($0[0]) },
      GradientCase("abs", [shape], .awayFromEachOther) { abs($0[0]) },
      GradientCase("clamp", [shape], .awayFromEachOther) { clamp($0[0], -0.5...0.75) },
      GradientCase("with numbers", [shape]) { 2 * (($0[0] + 3) * 0.5 - 1) / 4 },
    ]
  }

  static let pairs: [[Shape]] = [
    [[], []], [[5], [5]], [[4, 5], [4, 5]], [[], [17]], [[17], []], [[4, 5], [5]], [[5], [4, 5]],
    [[4, 1], [1, 5]], [[1, 5], [4, 1]], [[4, 17], [4, 1]], [[4, 1], [4, 17]],
    [[2, 3, 4], [3, 1]],
    [[3, 1], [2, 3, 4]], [[2, 1, 4], [3, 1]], [[2, 3, 1], [4]], [[2, 1, 3, 1], [2, 1, 4]],
    [[1], [2, 3]], [[1, 1], [3]],
  ]

  static let binary: [GradientCase] = pairs.flatMap { shapes -> [GradientCase] in
    [
      GradientCase("sum", shapes) { $0[0] + $0[1] },
      GradientCase("difference", shapes) { $0[0] - $0[1] },
      GradientCase("product", shapes) { $0[0] * $0[1] },
      GradientCase("quotient", shapes, .awayFromZero(1...2)) { $0[0] / $0[1] },
      GradientCase("minimum", shapes, .awayFromEachOther) { minimum($0[0], $0[1]) },
      GradientCase("maximum", shapes, .awayFromEachOther) { maximum($0[0], $0[1]) },
    ]
  }

  static let products = matrices + smoothLayers + kinkedLayers

  /// Rows, inputs and outputs.
  static let sizes = [[1, 1, 1], [3, 4, 2], [5, 17, 3], [2, 3, 18], [17, 2, 3]]

  static let matrices = sizes.map { sizes in
    GradientCase("product", [[sizes[0], sizes[1]], [sizes[1], sizes[2]]]) { matmul($0[0], $0[1]) }
  }

  static let smoothLayers = sizes.flatMap { sizes in
    Activation.allCases.filter { $0 != .relu && $0 != .elu }.map { activation in
      GradientCase(
        "layer with \(activation)", [[sizes[0], sizes[1]], [sizes[2], sizes[1]], [sizes[2]]],
        .anywhere(-0.5...0.5)
      ) { linear($0[0], $0[1], $0[2], activation: activation) }
    }
  }

  /// A bias far from 0 keeps the sums away from the kink, on one side for each output.
  static let kinkedLayers = [Activation.relu, .elu].map { activation in
    GradientCase("layer with \(activation)", [[3, 4], [2, 4], []], .anywhere(-0.5...0.5)) {
      linear($0[0], $0[1], biases($0[2]), activation: activation)
    }
  }

  /// The biases 3 + x and −3 + x.
  private static func biases(_ x: Variable) -> Variable {
    concatenate(reshape(x + 3, [1]), reshape(x - 3, [1]), axis: 0)
  }
}
