/// A case of `Torch/ops.json`: an operation's value and gradients as PyTorch computes them in
/// double precision.
public struct ReferenceOperation: Decodable, Sendable, CustomStringConvertible {
  /// What an operation needs besides its inputs.
  public struct Attributes: Decodable, Sendable {
    /// The axis along which the operation works.
    public var axis: Int?
    /// The first index of a slice.
    public var start: Int?
    /// The index behind a slice.
    public var end: Int?
    /// The columns that are gathered, one a row.
    public var indices: [Float]?
    /// The right classes, one a row.
    public var targets: [Float]?
    /// The new shape.
    public var shape: [Int]?
    /// The lower bound of a clamp.
    public var minimum: Float?
    /// The upper bound of a clamp.
    public var maximum: Float?
    /// What is added to a variance.
    public var epsilon: Float?
    /// The width of the quadratic part of a loss.
    public var beta: Float?
  }

  /// PyTorch's name of the operation.
  public let operation: String
  /// What it needs besides its inputs.
  public let attributes: Attributes
  /// The inputs.
  public let inputs: [FixtureArray]
  /// The value.
  public let output: FixtureArray
  /// The gradient of a loss with respect to the value.
  public let outputGradient: FixtureArray
  /// The gradients of that loss with respect to the inputs.
  public let inputGradients: [FixtureArray]

  private enum CodingKeys: String, CodingKey {
    case operation = "op"
    case attributes
    case inputs
    case output
    case outputGradient
    case inputGradients
  }

  /// Reads a case.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    operation = try container.decode(String.self, forKey: .operation)
    // No attributes are written as an empty list.
    let isList = (try? container.decode([Int].self, forKey: .attributes)) != nil
    attributes =
      isList ? Attributes() : try container.decode(Attributes.self, forKey: .attributes)
    inputs = try container.decode([FixtureArray].self, forKey: .inputs)
    output = try container.decode(FixtureArray.self, forKey: .output)
    outputGradient = try container.decode(FixtureArray.self, forKey: .outputGradient)
    inputGradients = try container.decode([FixtureArray].self, forKey: .inputGradients)
  }

  /// The operation, the shapes of its inputs and its axis.
  public var description: String {
    let shapes = inputs.map { "\($0.shape)" }.joined(separator: ", ")
    return "\(operation) of \(shapes)" + (attributes.axis.map { " along axis \($0)" } ?? "")
  }

  /// All cases.
  public static let all = referenceCases(File.self, "Torch/ops.json", \.cases)

  private struct File: Decodable { let cases: [ReferenceOperation] }

  /// What differs from the reference, one sentence each; nothing if all is near.
  ///
  /// - Parameters:
  ///   - computed: The value that was computed.
  ///   - gradients: The gradients of the inputs that were computed.
  ///   - tolerance: How far off they may be.
  /// - Returns: The sentences.
  public func mismatches(
    output computed: [Float], gradients: [[Float]], within tolerance: Tolerance
  ) -> [String] {
    var sentences: [String] = []
    if let mismatch = tolerance.mismatch(computed, output.data) {
      sentences.append("Of the output, \(mismatch).")
    }
    if gradients.count != inputGradients.count {
      sentences.append("There are \(gradients.count) gradients, not \(inputGradients.count).")
    }
    for (index, (gradient, expected)) in zip(gradients, inputGradients).enumerated() {
      if let mismatch = tolerance.mismatch(gradient, expected.data) {
        sentences.append("Of the gradient of input \(index), \(mismatch).")
      }
    }
    return sentences
  }
}
