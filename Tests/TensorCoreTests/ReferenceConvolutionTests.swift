import TensorCore
import TestSupport
import Testing

@Suite("Convolutions equal PyTorch's")
struct ReferenceConvolutionTests {
  /// A case of `Torch/convolutions.json`.
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let stride: Int
    let padding: Int
    let inputs: [FixtureArray]
    let output: FixtureArray
    let outputGradient: FixtureArray
    let gradients: [FixtureArray]

    var testDescription: String {
      "\(inputs[0].shape) by \(inputs[1].shape), stride \(stride), padding \(padding)"
    }
  }

  static let cases = referenceCases([Case].self, "Torch/convolutions.json") { $0 }

  @Test("There are reference values")
  func casesExist() { #expect(Self.cases.count == 6) }

  @Test("in value and gradients", arguments: cases)
  func equalReference(_ reference: Case) {
    let tape = Tape()
    let inputs = reference.inputs.map {
      tape.variable(Tensor(shape: Shape($0.shape), $0.floats))
    }
    let y = convolution(
      inputs[0], inputs[1], inputs[2], stride: reference.stride, padding: reference.padding)
    #expect(y.shape.list == reference.output.shape)
    tape.pullback(
      y, cotangent: Tensor(shape: y.shape, reference.outputGradient.floats))
    // Up to 256 products of normal numbers: partial sums stay below 100, whose rounding is 4e-6.
    let tolerance = Tolerance(relative: 2e-6, absolute: 2e-5)
    #expect(tolerance.mismatch(y.tensor.numbers, reference.output.data) == nil)
    for (input, expected) in zip(inputs, reference.gradients) {
      #expect(tolerance.mismatch(tape.gradient(of: input).numbers, expected.data) == nil)
    }
  }
}
