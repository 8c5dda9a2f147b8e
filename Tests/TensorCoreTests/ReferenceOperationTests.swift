import TensorCore
import TestSupport
import Testing

@Suite("Operations equal PyTorch's")
struct ReferenceOperationTests {
  /// These are compositions of operations, and tested with the module that holds them.
  static let losses: Set = ["layer_norm", "mse_loss", "cross_entropy", "smooth_l1_loss"]
  static let cases = ReferenceOperation.all.filter { !losses.contains($0.operation) }

  @Test("There are reference values")
  func casesExist() {
    #expect(ReferenceOperation.all.count == 53)
    #expect(Self.cases.count == 49)
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
      within: tolerance(of: reference))
    #expect(mismatches.isEmpty, "\(mismatches.joined(separator: " "))")
  }

  /// 2e-6 of the number and 1e-6, and n ε more for sums of n products (ε = 2⁻²⁴).
  ///
  /// Such a sum may be off by n ε Σ |a b|, however near to 0 it lies; the cases' numbers are drawn
  /// from a normal distribution, and 3e-6 is the most that occurs with 64 products.
  func tolerance(of reference: ReferenceOperation) -> Tolerance {
    guard ["matmul", "linear"].contains(reference.operation) else {
      return Tolerance(relative: 2e-6, absolute: 1e-6)
    }
    let length = Double(reference.inputs.flatMap(\.shape).max() ?? 1)
    return Tolerance(relative: 2e-6, absolute: 1e-6 + length * 0x1p-24)
  }

  /// PyTorch's name of an operation as a function of this module, `nil` for an unknown one.
  func apply(
    _ reference: ReferenceOperation, to inputs: [Variable], on tape: Tape
  ) -> Variable? {
    let attributes = reference.attributes
    let x = inputs[0]
    return switch reference.operation {
    case "matmul": matmul(x, inputs[1])
    case "linear": linear(x, inputs[1], inputs[2])
    case "add": x + inputs[1]
    case "subtract": x - inputs[1]
    case "multiply": x * inputs[1]
    case "divide": x / inputs[1]
    case "minimum": minimum(x, inputs[1])
    case "maximum": maximum(x, inputs[1])
    case "tanh": tanh(x)
    case "exp": exp(x)
    case "log": log(x)
    case "sigmoid": sigmoid(x)
    case "relu": relu(x)
    case "softplus": softplus(x)
    case "square": square(x)
    case "sqrt": squareRoot(x)
    case "abs": abs(x)
    case "negate": -x
    case "silu": silu(x)
    case "gelu": gelu(x)
    case "elu": elu(x)
    case "clamp": clamp(x, (attributes.minimum ?? 0)...(attributes.maximum ?? 0))
    case "sum": attributes.axis.map { sum(x, axis: $0) } ?? sum(x)
    case "mean": attributes.axis.map { mean(x, axis: $0) } ?? mean(x)
    case "log_softmax": logSoftmax(x)
    case "softmax": softmax(x)
    case "logsumexp": logSumExp(x)
    case "gather":
      attributes.indices.map {
        pick(x, tape.constant(Tensor(shape: Shape($0.count), $0)))
      }
    case "concatenate": concatenate(x, inputs[1], axis: attributes.axis ?? 0)
    case "slice":
      slice(x, (attributes.start ?? 0)..<(attributes.end ?? 0), axis: attributes.axis ?? 0)
    case "transpose": transpose(x)
    case "reshape": reshape(x, Shape(attributes.shape ?? []))
    default: nil
    }
  }
}
