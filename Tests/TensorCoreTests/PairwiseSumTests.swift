import TestSupport
import Testing

@testable import TensorCore

@Suite("Sums in pairs")
struct PairwiseSumTests {
  private static let width = 37

  /// Vectors of very different sizes, so that another order of adding gives other bits.
  private static func vectors(_ count: Int) -> Buffer {
    var generator = SplitMix(seed: 5)
    return Buffer(generator.floats(count * width).map { $0 * $0 * $0 * 1000 })
  }

  /// The sum by its definition: the left part has as many vectors as the largest power of two that
  /// leaves some for the right one.
  private static func sum(_ vectors: Buffer, _ range: Range<Int>) -> [Float] {
    if range.count == 1 {
      return (0..<width).map { vectors[range.lowerBound * width + $0] }
    }
    var half = 1
    while half * 2 < range.count { half *= 2 }
    let middle = range.lowerBound + half
    let (left, right) = (
      sum(vectors, range.lowerBound..<middle), sum(vectors, middle..<range.upperBound)
    )
    return zip(left, right).map { $0 + $1 }
  }

  @Test("The order in which vectors are finished is of no consequence", arguments: 1...16)
  func anyOrder(_ count: Int) {
    let expected = bits(Self.sum(Self.vectors(count), 0..<count))
    let pairwise = PairwiseSum()
    var generator = SplitMix(seed: 6)
    for _ in 0..<20 {
      let order = (0..<count).shuffled(using: &generator)
      let vectors = Self.vectors(count)
      for index in order {
        pairwise.finish(index, of: count, width: Self.width) {
          vectors.pointer + $0 * Self.width
        }
      }
      #expect(bits(Array(vectors.array.prefix(Self.width))) == expected, "\(order)")
    }
  }

  @Test("Nor are the threads that finish them", arguments: [2, 3, 7])
  func anyThread(_ threads: Int) {
    let (count, pool, pairwise) = (16, WorkerPool(count: threads), PairwiseSum())
    let (numbers, sums) = (Self.vectors(count), Buffer(count: count * Self.width))
    let expected = bits(Self.sum(numbers, 0..<count))
    for round in 0..<300 {
      pool.run(count) { index, _ in
        let at = index * Self.width
        (sums.pointer + at).update(from: numbers.pointer + at, count: Self.width)
        pairwise.finish(index, of: count, width: Self.width) { sums.pointer + $0 * Self.width }
      }
      #expect(bits(Array(sums.array.prefix(Self.width))) == expected, "round \(round)")
    }
  }
}
