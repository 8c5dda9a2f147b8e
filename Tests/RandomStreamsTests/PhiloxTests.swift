import Testing

@testable import RandomStreams

@Suite("The block function")
struct PhiloxTests {
  /// The known answers that the authors of Philox publish with their library Random123.
  @Test("Philox gives the known answers of its authors")
  func givesKnownAnswers() {
    #expect(
      philox(key: SIMD2(repeating: 0), counter: SIMD4(repeating: 0))
        == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      philox(key: SIMD2(repeating: .max), counter: SIMD4(repeating: .max))
        == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    #expect(
      philox(
        key: SIMD2(0xA409_3822, 0x299F_31D0),
        counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344))
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test("The words of a block are handed out low word first, two at a time")
  func streamReadsBlocksInOrder() {
    let seed: UInt64 = 0x0123_4567_89AB_CDEF
    var stream = RandomStream(seed: seed, purpose: .action, index: 5)
    for block: UInt32 in 0..<3 {
      let words = philox(
        key: SIMD2(0x89AB_CDEF, 0x0123_4567),
        counter: SIMD4(block, 0, 5, RandomStream.Purpose.action.rawValue))
      #expect(stream.next() == UInt64(words[1]) << 32 | UInt64(words[0]))
      #expect(stream.next() == UInt64(words[3]) << 32 | UInt64(words[2]))
    }
  }
}
