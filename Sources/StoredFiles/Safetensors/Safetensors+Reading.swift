import Foundation

extension Safetensors {
  /// Reads a file's bytes.
  ///
  /// - Throws: ``FormatError`` if they are not a safetensors file, hold numbers of another type, or
  ///   name an array twice.
  public init(_ file: Data) throws(FormatError) {
    let header = try Self.header(of: file)
    let numbers = file.dropFirst(8 + header.count)
    guard String(validating: header, as: UTF8.self) != nil else {
      throw FormatError(description: "The header is not text in UTF-8.")
    }
    guard let entries = (try? JSONSerialization.jsonObject(with: header)) as? [String: Any] else {
      throw FormatError(description: "The header is not a JSON object.")
    }
    guard Self.parsedKeys(of: entries) == keyCount(inJSON: header) else {
      throw FormatError(description: "The header holds two entries of the same name.")
    }
    try Self.checkRanges(entries, byteCount: numbers.count)
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

  /// Checks that the arrays follow one another and fill the file, as the format demands; then no
  /// small file can ask for much memory.
  private static func checkRanges(
    _ entries: [String: Any], byteCount: Int
  ) throws(FormatError) {
    let ranges = entries.filter { $0.key != "__metadata__" }
      .compactMap { ($0.value as? [String: Any])?["data_offsets"] as? [Int] }
      .filter { $0.count == 2 }.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    var end = 0
    for range in ranges {
      guard range[0] == end, range[1] >= end else {
        throw FormatError(
          description: "An array lies at \(range) where one that begins at \(end) was expected.")
      }
      end = range[1]
    }
    guard end == byteCount else {
      throw FormatError(
        description: "The arrays take \(end) bytes; \(byteCount) follow the header.")
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
    // As the reference implementation has it: to parse a header takes many times its size.
    guard length <= 100_000_000 else {
      throw FormatError(
        description: "The header has \(length) bytes; at most 100000000 are read.")
    }
    return file.dropFirst(8).prefix(Int(length))
  }

  /// How many keys a parsed object has, those of objects in it included.
  private static func parsedKeys(of object: [String: Any]) -> Int {
    object.reduce(0) { $0 + 1 + (($1.value as? [String: Any]).map(parsedKeys) ?? 0) }
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
      throw FormatError(description: "\(name) is of type \(typeName); F32, F64 or U8 was expected.")
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

/// How many keys there are in the text of a JSON object: each is followed by the only kind of colon
/// outside of strings. A parser that meets a key twice keeps one of them and says nothing.
package func keyCount(inJSON text: Data) -> Int {
  var (count, isInString, isEscaped) = (0, false, false)
  for byte in text {
    switch byte {
    case _ where isEscaped: isEscaped = false
    case UInt8(ascii: "\\") where isInString: isEscaped = true
    case UInt8(ascii: "\""): isInString.toggle()
    case UInt8(ascii: ":") where !isInString: count += 1
    default: break
    }
  }
  return count
}
