import NeuralNetworks
import TensorCore
import TestSupport
import Testing

@Suite("Losses and layer normalisation equal PyTorch's")
struct ReferenceLossTests {
  static let operations: Set = ["layer_norm", "mse_loss", "cross_entropy", "smooth_l1_loss"]
  static let cases = ReferenceOperation.all.filter { operations.contains($0.operation) }

  @Test("There are reference values")
  func casesExist() {
    #expect(Set(Self.cases.map(\.operation)) == Self.operations)
  }

  @Test("in value and gradients", arguments: cases)
  func equalReference(_ reference: ReferenceOperation) throws {
    let tape = Tape()
    let inputs = reference.inputs.map {
      tape.variable(Tensor(shape: Shape($0.shape), $0.floats))
    }
    let output = try #require(apply(reference, to: inputs, on: tape))
    #expect(output.shape == Shape(reference.output.shape))
    let cotangent = Tensor(shape: output.shape, reference.outputGradient.floats)
    tape.pullback(output, cotangent: cotangent)
    let mismatches = reference.mismatches(
      output: output.tensor.numbers, gradients: inputs.map { tape.gradient(of: $0).numbers },
      within: Tolerance(relative: 2e-6, absolute: 1e-6))
    #expect(mismatches.isEmpty, "\(mismatches.joined(separator: " "))")
  }

  private func apply(
    _ reference: ReferenceOperation, to inputs: [Variable], on tape: Tape
  ) -> Variable? {
    let attributes = reference.attributes
    return switch reference.operation {
    case "layer_norm":
      layerNormalization(
        inputs[0], inputs[1], inputs[2], epsilon: attributes.epsilon ?? 1e-5)
    case "mse_loss": meanSquaredError(inputs[0], inputs[1])
    case "cross_entropy":
      attributes.targets.map {
        crossEntropy(inputs[0], tape.constant(Tensor(shape: Shape($0.count), $0)))
      }
    case "smooth_l1_loss":
      smoothL1Loss(inputs[0], inputs[1], beta: attributes.beta ?? 1)
    default: nil
    }
  }
}
