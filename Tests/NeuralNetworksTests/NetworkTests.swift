import NeuralNetworks
import RandomStreams
import TensorCore
import TestSupport
import Testing

@Suite("Networks")
struct NetworkTests {
  @Test("The parameters have names, shapes and places")
  func layoutIsNamed() {
    var layout = ParameterLayout()
    let network = MultilayerPerceptron(
      "policy", inputs: 4, sizes: [64, 32], activation: .tanh, in: &layout)
    let head = LinearLayer("policy.head", inputs: network.outputCount, outputs: 2, in: &layout)
    #expect(
      layout.slices.map(\.name) == [
        "policy.0.weight", "policy.0.bias", "policy.1.weight", "policy.1.bias",
        "policy.head.weight", "policy.head.bias",
      ])
    #expect(
      layout.slices.map(\.shape.list) == [[64, 4], [64], [32, 64], [32], [2, 32], [2]])
    #expect(layout.slices.map(\.offset) == [0, 256, 320, 2368, 2400, 2464])
    #expect(layout.count == 2466)
    #expect(layout["policy.1.bias"] == network.layers[1].bias)
    #expect(layout["policy.2.bias"] == nil)
    #expect(head.weight.range == 2400..<2464)
    #expect(network.outputCount == 32)
  }

  @Test("No hidden layer is the identity")
  func emptyNetworkIsIdentity() {
    var layout = ParameterLayout()
    let network = MultilayerPerceptron("none", inputs: 3, sizes: [], activation: .relu, in: &layout)
    #expect(layout.count == 0)
    #expect(network.outputCount == 3)
    let tape = Tape()
    tape.reset(parameters: Buffer(count: 0))
    let x = tape.constant(Tensor(shape: [2, 3], [-1, 2, -3, 4, -5, 6]))
    #expect(network(x, on: tape).tensor == x.tensor)
  }

  @Test("The outputs are f(W₁ f(W₀ x + b₀) + b₁)", arguments: Activation.allCases)
  func forwardIsComposition(_ activation: Activation) {
    var layout = ParameterLayout()
    let network = MultilayerPerceptron(
      "net", inputs: 3, sizes: [5, 4], activation: activation, in: &layout)
    var generator = SplitMix(seed: 3)
    let parameters = Buffer(generator.floats(layout.count))
    let tape = Tape()
    tape.reset(parameters: parameters)
    let x = tape.constant(Tensor(shape: [7, 3], generator.floats(21)))
    var expected = x
    for layer in network.layers {
      let weight = transpose(tape.parameter(layer.weight))
      let sums = matmul(expected, weight) + tape.parameter(layer.bias)
      expected =
        switch activation {
        case .identity: sums
        case .tanh: tanh(sums)
        case .relu: relu(sums)
        case .silu: silu(sums)
        case .gelu: gelu(sums)
        case .elu: elu(sums)
        }
    }
    let output = network(x, on: tape)
    #expect(output.shape == [7, 4])
    let mismatch = Tolerance(relative: 2e-6, absolute: 1e-6)
      .mismatch(output.tensor.numbers, expected.tensor.numbers.map(Double.init))
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("Weights begin orthogonal with gain √2, biases at zero")
  func initializesLayers() {
    var layout = ParameterLayout()
    let network = MultilayerPerceptron("net", inputs: 4, sizes: [8], activation: .tanh, in: &layout)
    let parameters = Buffer(Array(repeating: Float(9), count: layout.count))
    var generator = RandomStream(seed: 1, purpose: .initialization, index: 0)
    network.initialize(parameters, using: &generator)
    let weight = Buffer(Array(parameters.array[network.layers[0].weight.range]))
    // Four orthogonal columns of length √2.
    #expect(abs(norm(of: weight) - 8.0.squareRoot()) < 1e-6)
    #expect(network.layers[0].bias.range.allSatisfy { parameters[$0] == 0 })
  }

  @Test("Two parameters of one name are a mistake that is named")
  func duplicateNamesFail() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var layout = ParameterLayout()
      _ = LinearLayer("head", inputs: 1, outputs: 1, in: &layout)
      _ = LinearLayer("head", inputs: 1, outputs: 1, in: &layout)
    }
    // Optimised code stops without a word.
    #if DEBUG
      let message = String(decoding: result.standardErrorContent, as: UTF8.self)
      #expect(message.contains("head.weight"))
    #endif
  }

  @Test("A layer without inputs is a mistake")
  func emptyLayersFail() async {
    await #expect(processExitsWith: .failure) {
      var layout = ParameterLayout()
      _ = LinearLayer("head", inputs: 0, outputs: 1, in: &layout)
    }
  }
}
