import Foundation

extension Safetensors {
  /// Reads a file's bytes.
  ///
  /// - Throws: ``FormatError`` if they are not a safetensors file, or hold numbers of another type.
  public init(_ file: Data) throws(FormatError) {
    let header = try Self.header(of: file)
    let numbers = file.dropFirst(8 + header.count)
    guard let entries = (try? JSONSerialization.jsonObject(with: header)) as? [String: Any] else {
      throw FormatError(description: "The header is not a JSON object.")
    }
    for (name, entry) in entries {
      if name == "__metadata__" {
        guard let text = entry as? [String: String] else {
          throw FormatError(description: "The metadata is not an object of strings.")
        }
        metadata = text
      } else {
        arrays[name] = try Self.array(name, entry, in: numbers)
      }
    }
  }

  private static func header(of file: Data) throws(FormatError) -> Data {
    guard file.count >= 8 else {
      throw FormatError(
        description: "The file has \(file.count) bytes; a safetensors file has at least 8.")
    }
    var length: UInt64 = 0
    for (index, byte) in file.prefix(8).enumerated() { length |= UInt64(byte) << (8 * index) }
    guard length <= UInt64(file.count - 8) else {
      throw FormatError(
        description: """
          The header is said to have \(length) bytes, but only \(file.count - 8) follow; the file \
          is cut off or of another kind.
          """)
    }
    return file.dropFirst(8).prefix(Int(length))
  }

  private static func array(
    _ name: String, _ entry: Any, in numbers: Data
  ) throws(FormatError) -> Array {
    guard let fields = entry as? [String: Any], let typeName = fields["dtype"] as? String,
      let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int]
    else {
      throw FormatError(description: "The entry of \(name) lacks dtype, shape or data_offsets.")
    }
    guard let type = ElementType(rawValue: typeName) else {
      throw FormatError(description: "\(name) is of type \(typeName); F32 or F64 was expected.")
    }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
      offsets[1] <= numbers.count
    else {
      throw FormatError(
        description: "\(name) is said to lie at \(offsets) of \(numbers.count) bytes.")
    }
    var count = type.byteCount
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw FormatError(description: "\(name) is said to have the shape \(shape).")
      }
      count = product
    }
    guard count == offsets[1] - offsets[0] else {
      throw FormatError(
        description: """
          \(name) of shape \(shape) needs \(count) bytes, but \(offsets[1] - offsets[0]) are \
          stored.
          """)
    }
    let start = numbers.startIndex
    return Array(
      type: type, shape: shape, bytes: Data(numbers[start + offsets[0]..<start + offsets[1]]))
  }
}
