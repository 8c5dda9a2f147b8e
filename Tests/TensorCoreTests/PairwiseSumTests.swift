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

  private static func places(in vectors: Buffer) -> PairwiseSum.Vectors {
    PairwiseSum.Vectors(
      first: vectors.pointer, others: vectors.pointer + width, width: width)
  }

  /// The sum by its definition: the left part has as many vectors as the largest power of two that
  /// leaves some for the right one.
  private static func sum(
    _ vectors: Buffer, _ range: Range<Int>, width: Int = width
  ) -> [Float] {
    if range.count == 1 {
      return (0..<width).map { vectors[range.lowerBound * width + $0] }
    }
    var half = 1
    while half * 2 < range.count { half *= 2 }
    let middle = range.lowerBound + half
    let (left, right) = (
      sum(vectors, range.lowerBound..<middle, width: width),
      sum(vectors, middle..<range.upperBound, width: width)
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
        pairwise.finish(index, of: count, in: Self.places(in: vectors))
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
        pairwise.finish(index, of: count, in: Self.places(in: sums))
      }
      #expect(bits(Array(sums.array.prefix(Self.width))) == expected, "round \(round)")
    }
  }

  @Test("So are the gradients of a minibatch's blocks")
  func blocksOfMinibatch() {
    let (count, rows) = (16, CompositeLoss.rowsPerBlock)
    let subject = LossSubject(rows: count * rows)
    let width = subject.parameters.count
    let (whole, parts) = (Buffer(count: width), Buffer(count: count * width))
    let weights = CompositeLossTests.weights
    subject.makeLoss(threads: 2).gradient(
      weights, rows: count * rows, at: subject.parameters, into: whole, subject.record)
    let loss = subject.makeLoss(threads: 1)
    for block in 0..<count {
      let part = Buffer(count: width)
      loss.gradient(
        weights.map { $0 / Double(count) }, rows: rows, at: subject.parameters, into: part
      ) { tape, range in
        subject.record(tape, range.lowerBound + block * rows..<range.upperBound + block * rows)
      }
      (parts.pointer + block * width).update(from: part.pointer, count: width)
    }
    #expect(bits(whole) == bits(Self.sum(parts, 0..<count, width: width)))
  }
}
