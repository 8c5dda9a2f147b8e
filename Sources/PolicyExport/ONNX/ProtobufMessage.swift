/// The bytes of a message in the format of Protocol Buffers, field by field.
///
/// Source: <https://protobuf.dev/programming-guides/encoding/>.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case varint = 0
    case bytes = 2
    case float = 5
  }

  private mutating func addVarint(_ number: UInt64) {
    var left = number
    while left > 127 {
      bytes.append(UInt8(left & 127) | 128)
      left >>= 7
    }
    bytes.append(UInt8(left))
  }

  private mutating func addTag(_ field: Int, _ type: WireType) {
    addVarint(UInt64(field) << 3 | type.rawValue)
  }

  /// Adds an integer; a negative one takes ten bytes.
  mutating func add(_ field: Int, _ number: Int) {
    addTag(field, .varint)
    addVarint(UInt64(bitPattern: Int64(number)))
  }

  /// Adds a number in single precision.
  mutating func add(_ field: Int, _ number: Float) {
    addTag(field, .float)
    bytes += number.littleEndianBytes
  }

  /// Adds bytes with their number.
  mutating func add(_ field: Int, _ content: [UInt8]) {
    addTag(field, .bytes)
    addVarint(UInt64(content.count))
    bytes += content
  }

  /// Adds a text.
  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message within this one.
  mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    build(&message)
    add(field, message.bytes)
  }
}

extension Float {
  /// Its four bytes, the least significant first.
  var littleEndianBytes: [UInt8] {
    let bits = bitPattern
    return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
  }
}
