import Foundation

extension Safetensors {
  private static let key = "checksum"

  /// Notes a checksum of all that is in the file.
  package mutating func addChecksum() {
    metadata[Self.key] = nil
    metadata[Self.key] = Self.checksum(of: data)
  }

  /// Compares the checksum, if one is noted.
  ///
  /// - Throws: ``FormatError`` if the file is not what was written.
  package func verifyChecksum() throws(FormatError) {
    guard let expected = metadata[Self.key] else { return }
    var content = self
    content.metadata[Self.key] = nil
    let found = Self.checksum(of: content.data)
    guard found == expected else {
      throw FormatError(
        description: """
          Its content has the checksum \(found), not \(expected): it is damaged. Use another \
          checkpoint of the run.
          """)
    }
  }

  /// The hash FNV-1a of 64 bits, which differs wherever a single byte does.
  ///
  /// Source: Fowler, Noll, Vo and Eastlake, *The FNV Non-Cryptographic Hash Algorithm*,
  /// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>.
  private static func checksum(of data: Data) -> String {
    let hash = data.withUnsafeBytes { bytes in
      bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
