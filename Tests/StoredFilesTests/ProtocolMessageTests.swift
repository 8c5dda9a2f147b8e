import Testing

@testable import StoredFiles

/// The examples of <https://protobuf.dev/programming-guides/encoding/>, and the ends of the ranges.
@Suite("Messages of Protocol Buffers")
struct ProtocolMessageTests {
  private func bytes(_ build: (inout ProtocolMessage) -> Void) -> [UInt8] {
    var message = ProtocolMessage()
    build(&message)
    return message.bytes
  }

  @Test("hold integers in groups of seven bits, and negative ones in ten bytes")
  func integers() {
    #expect(bytes { $0.add(1, 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.add(20, 0) } == [0xa0, 0x01, 0x00])
    #expect(bytes { $0.add(1, 127) } == [0x08, 0x7f])
    #expect(bytes { $0.add(1, 128) } == [0x08, 0x80, 0x01])
    #expect(bytes { $0.add(2, -2) } == [0x10, 0xfe] + Array(repeating: 0xff, count: 8) + [0x01])
  }

  @Test("hold numbers in single precision, texts and messages")
  func others() {
    #expect(bytes { $0.add(2, Float(1)) } == [0x15, 0x00, 0x00, 0x80, 0x3f])
    #expect(
      bytes { $0.add(2, "testing") } == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67])
    #expect(bytes { $0.add(3) { $0.add(1, 150) } } == [0x1a, 0x03, 0x08, 0x96, 0x01])
    #expect(bytes { $0.add(9, [UInt8](repeating: 7, count: 200)) }.prefix(3) == [0x4a, 0xc8, 0x01])
  }
}
