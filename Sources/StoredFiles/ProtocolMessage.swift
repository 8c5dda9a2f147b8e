/// A message of Protocol Buffers, written field by field: as much of the format as TensorBoard's
/// files and ONNX need.
///
/// Source: *Protocol Buffers: Encoding*, <https://protobuf.dev/programming-guides/encoding/>.
package struct ProtocolMessage {
  /// The bytes so far.
  package private(set) var bytes: [UInt8] = []

  /// A message without fields.
  package init() {}

  /// How the content of a field is laid out.
  private enum WireType: UInt64 {
    case variable = 0
    case eightBytes = 1
    case measured = 2
    case fourBytes = 5
  }

  /// Adds a whole number or the number of an enumeration's case; 0 is what readers take a missing
  /// one for.
  package mutating func add(_ field: Int, whole number: Int) {
    if number != 0 { add(field, number) }
  }

  /// Adds a whole number, 0 as well; a negative one takes ten bytes.
  package mutating func add(_ field: Int, _ number: Int) {
    begin(field, .variable)
    Self.append(UInt64(bitPattern: Int64(number)), to: &bytes)
  }

  /// Adds one of the alternatives of a union, which is written whatever it is.
  package mutating func add(_ field: Int, alternative flag: Bool) {
    begin(field, .variable)
    bytes.append(flag ? 1 : 0)
  }

  /// Adds a number in double precision.
  package mutating func add(_ field: Int, _ number: Double) {
    begin(field, .eightBytes)
    append(littleEndian: number.bitPattern)
  }

  /// Adds a number in single precision.
  package mutating func add(_ field: Int, _ number: Float) {
    begin(field, .fourBytes)
    append(littleEndian: number.bitPattern)
  }

  /// Adds a text.
  package mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message within this one.
  package mutating func add(_ field: Int, _ message: ProtocolMessage) { add(field, message.bytes) }

  /// Adds a message within this one.
  package mutating func add(_ field: Int, _ build: (inout ProtocolMessage) -> Void) {
    var message = ProtocolMessage()
    build(&message)
    add(field, message)
  }

  /// Adds bytes with their number.
  package mutating func add(_ field: Int, _ content: [UInt8]) {
    begin(field, .measured)
    Self.append(UInt64(content.count), to: &bytes)
    bytes += content
  }

  /// Adds several numbers behind one another, in the packed form.
  package mutating func add(_ field: Int, _ numbers: [Double]) {
    var content = ProtocolMessage()
    for number in numbers { content.append(littleEndian: number.bitPattern) }
    add(field, content)
  }

  private mutating func begin(_ field: Int, _ type: WireType) {
    Self.append(UInt64(field) << 3 | type.rawValue, to: &bytes)
  }

  private mutating func append(littleEndian number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  package static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
