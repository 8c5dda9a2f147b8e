/// The checksum CRC-32C of some bytes.
///
/// Source: RFC 3720, appendix B.4, <https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4>; its
/// examples are among the tests.
package struct CyclicChecksum {
  private static let table: [UInt32] = (0..<256).map { remainder(of: UInt32($0)) }

  /// What remains of a byte when it is divided by the polynomial of the checksum.
  private static func remainder(of byte: UInt32) -> UInt32 {
    var rest = byte
    for _ in 0..<8 {
      let isOdd = rest & 1 == 1
      rest >>= 1
      if isOdd { rest ^= 0x82F6_3B78 }
    }
    return rest
  }

  /// The checksum.
  package let value: UInt32

  package init(of bytes: some Sequence<UInt8>) {
    let table = Self.table
    var rest = UInt32.max
    for byte in bytes {
      let place = UInt8(truncatingIfNeeded: rest) ^ byte
      rest = (rest >> 8) ^ table[Int(place)]
    }
    value = ~rest
  }

  /// The checksum turned and shifted as TensorFlow stores it, so that the checksum of a file that
  /// contains checksums is not a special one.
  package var masked: UInt32 { ((value >> 15) | (value << 17)) &+ 0xA282_EAD8 }
}
