import StoredFiles

/// A graph of operators on tensors, which grows from the inputs on.
///
/// Field numbers and types are those of `onnx.proto3`, operator set 13.
///
/// Source: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3>.
struct OnnxGraph {
  /// The type of the elements of a tensor.
  enum Element: Int {
    case float = 1
    case integer = 7
    case boolean = 9
  }

  private var nodes = 0
  private var message = ProtocolMessage()
  private var names: Set<String> = []
  private(set) var inputs: [ExportedPolicy.Port] = []
  private(set) var outputs: [ExportedPolicy.Port] = []

  /// Adds a tensor of constants; a name that is given twice is taken for the same tensor.
  mutating func constant(_ name: String, _ shape: [Int], _ numbers: [Float]) -> String {
    constant(
      name, shape, .float,
      numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init) })
  }

  /// Adds a single number.
  mutating func constant(_ number: Float) -> String { constant("number_\(number)", [], [number]) }

  /// Adds whole numbers.
  mutating func constant(integers: [Int]) -> String {
    let name = "integers_" + integers.map(String.init).joined(separator: "_")
    return constant(name, [integers.count], .integer, integers.flatMap(Self.bytes))
  }

  /// Adds a single whole number.
  mutating func constant(integer: Int) -> String {
    constant("integer_\(integer)", [], .integer, Self.bytes(of: integer))
  }

  private static func bytes(of integer: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: Int64(integer) >> (8 * $0)) }
  }

  private mutating func constant(
    _ name: String, _ shape: [Int], _ element: Element, _ bytes: [UInt8]
  ) -> String {
    guard names.insert(name).inserted else { return name }
    message.add(5) { tensor in
      for count in shape { tensor.add(1, count) }
      tensor.add(2, element.rawValue)
      tensor.add(8, name)
      tensor.add(9, bytes)
    }
    return name
  }

  /// Adds an operator with one output.
  ///
  /// - Parameters:
  ///   - type: What it is called, `Gemm`.
  ///   - inputs: The names of its inputs.
  ///   - output: The name of its output; `nil` for one that nothing else has.
  ///   - attributes: Its attributes, by name.
  /// - Returns: The name of its output.
  @discardableResult
  mutating func node(
    _ type: String, _ inputs: [String], as output: String? = nil,
    _ attributes: KeyValuePairs<String, Int> = [:]
  ) -> String {
    nodes += 1
    let output = output ?? "\(type.lowercased())_\(nodes)"
    node(type, inputs, outputs: [output], attributes)
    return output
  }

  /// Adds an operator with several outputs; an empty name leaves one out.
  mutating func node(
    _ type: String, _ inputs: [String], outputs: [String],
    _ attributes: KeyValuePairs<String, Int> = [:]
  ) {
    message.add(1) { node in
      for input in inputs { node.add(1, input) }
      for output in outputs { node.add(2, output) }
      node.add(3, outputs.first { !$0.isEmpty } ?? type)
      node.add(4, type)
      for (name, value) in attributes {
        node.add(5) { attribute in
          attribute.add(1, name)
          attribute.add(3, value)
          attribute.add(20, 2)
        }
      }
    }
  }

  /// Declares an input of the graph, one row for each observation.
  mutating func input(_ port: ExportedPolicy.Port, _ element: Element = .float) -> String {
    declare(11, port, element)
    inputs.append(port)
    return port.name
  }

  /// Declares an output of the graph, one row for each observation.
  mutating func output(_ port: ExportedPolicy.Port, _ element: Element = .float) {
    declare(12, port, element)
    outputs.append(port)
  }

  private mutating func declare(_ field: Int, _ port: ExportedPolicy.Port, _ element: Element) {
    message.add(field) { value in
      value.add(1, port.name)
      value.add(2) { type in
        type.add(1) { tensor in
          tensor.add(1, element.rawValue)
          tensor.add(2) { shape in
            shape.add(1) { $0.add(2, "N") }
            for count in port.shape { shape.add(1) { $0.add(1, count) } }
          }
        }
      }
      value.add(3, port.meaning)
    }
  }

  /// The bytes of a file with the graph.
  ///
  /// - Parameters:
  ///   - name: The name of the graph.
  ///   - meaning: What it is, in a sentence.
  ///   - properties: Further metadata, by name.
  /// - Returns: A model of IR version 8 and operator set 13.
  func model(_ name: String, meaning: String, _ properties: [(String, String)]) -> [UInt8] {
    var graph = message
    graph.add(2, name)
    var model = ProtocolMessage()
    model.add(1, 8)
    model.add(2, "swift-ppo")
    model.add(6, meaning)
    model.add(7, graph.bytes)
    model.add(8) { $0.add(2, 13) }
    for (key, value) in properties {
      model.add(14) { property in
        property.add(1, key)
        property.add(2, value)
      }
    }
    return model.bytes
  }
}
