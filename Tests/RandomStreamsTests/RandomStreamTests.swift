import Foundation
import RandomStreams
import Testing

@Suite("Streams as addresses")
struct RandomStreamTests {
  private static let address = RandomStream(seed: 42, purpose: .environment, index: 7)

  @Test("The same address gives the same numbers")
  func repeats() {
    var (first, second) = (Self.address, Self.address)
    for _ in 0..<100 { #expect(first.next() == second.next()) }
  }

  @Test("Drawing from one stream changes no other, in whatever order they are drawn from")
  func streamsDoNotDisturbEachOther() {
    var alone = RandomStream(seed: 3, purpose: .action, index: 0)
    let expected = (0..<50).map { _ in alone.next() }

    var interleaved = RandomStream(seed: 3, purpose: .action, index: 0)
    var other = RandomStream(seed: 3, purpose: .action, index: 1)
    let drawn = expected.indices.map { count in
      for _ in 0..<(count % 4) { _ = other.next() }
      return interleaved.next()
    }
    #expect(drawn == expected)
  }

  @Test("A stream that starts at a position gives what is left after that many draws")
  func positionSkips() {
    var whole = Self.address
    let numbers = (0..<40).map { _ in whole.next() }
    for skipped in [0, 1, 2, 17, 39] {
      var late = RandomStream(
        seed: 42, purpose: .environment, index: 7, position: UInt64(skipped))
      #expect(late.next() == numbers[skipped])
    }
  }

  @Test("Words drawn by twos and by many are those drawn one by one", arguments: [0, 1])
  func drawsTogether(start: UInt64) {
    var alone = Self.address
    alone.position = start
    var together = alone
    let pairs = (0..<3).map { _ in together.nextPair() }
    for pair in pairs {
      #expect(pair.first == alone.next())
      #expect(pair.second == alone.next())
    }
    for count in [0, 1, 2, 3, 15, 16, 17, 18, 40] {
      var words = [UInt64](repeating: 0, count: count)
      words.withUnsafeMutableBufferPointer { together.fill($0) }
      #expect(words == (0..<count).map { _ in alone.next() }, "\(count)")
      #expect(together == alone)
    }
    let pair = together.uniformPair(in: -3..<5)
    #expect(pair.first == alone.uniform(in: -3..<5))
    #expect(pair.second == alone.uniform(in: -3..<5))
  }

  @Test("Words far along a stream are found by many as by one")
  func fillsFarAlong() {
    var alone = RandomStream(
      seed: .max, purpose: .other, index: 4_294_967_295, position: 1 << 33 - 6)
    var together = alone
    var words = [UInt64](repeating: 0, count: 24)
    words.withUnsafeMutableBufferPointer { together.fill($0) }
    #expect(words == (0..<24).map { _ in alone.next() })
  }

  @Test("Streams whose addresses differ in one part have nothing in common")
  func addressesDiffer() {
    let streams = [
      Self.address,
      RandomStream(seed: 43, purpose: .environment, index: 7),
      RandomStream(seed: 42 | 1 << 32, purpose: .environment, index: 7),
      RandomStream(seed: 42, purpose: .action, index: 7),
      RandomStream(seed: 42, purpose: .environment, index: 8),
    ]
    var seen: Set<UInt64> = []
    for var stream in streams {
      for _ in 0..<1_000 { seen.insert(stream.next()) }
    }
    #expect(seen.count == streams.count * 1_000)
  }

  @Test("Neighbouring streams are uncorrelated")
  func neighboursAreUncorrelated() {
    let count = 20_000
    let products = (0..<count).map { index in
      var left = RandomStream(seed: 1, purpose: .environment, index: index)
      var right = RandomStream(seed: 1, purpose: .environment, index: index + 1)
      return (left.uniform() - 0.5) * (right.uniform() - 0.5)
    }
    // Each product has mean 0 and deviation 1/12.
    let mean = products.reduce(0, +) / Double(count)
    #expect(abs(mean) < 5 / 12 / Double(count).squareRoot())
  }

  @Test("A stream that was stored continues where it stood", arguments: [0, 1, 2, 7])
  func continuesAfterCoding(draws: Int) throws {
    var stream = Self.address
    for _ in 0..<draws { _ = stream.next() }
    let stored = try JSONEncoder().encode(stream)
    var restored = try JSONDecoder().decode(RandomStream.self, from: stored)
    #expect(restored == stream)
    for _ in 0..<20 { #expect(restored.next() == stream.next()) }
  }

  @Test("An index that does not fit is refused")
  func refusesIndices() async {
    await #expect(processExitsWith: .failure) {
      _ = RandomStream(seed: 1, purpose: .other, index: -1)
    }
    await #expect(processExitsWith: .failure) {
      _ = RandomStream(seed: 1, purpose: .other, index: 1 << 32)
    }
  }
}
