import TestSupport
import Testing

@testable import TensorCore

@Suite("Any number of threads gives the same bits")
struct ThreadCountTests {
  /// The bits of all that a composite loss computes.
  private func everything(rows: Int, threads: Int, isShared: Bool) -> [UInt64] {
    let subject = LossSubject(rows: rows, isShared: isShared)
    let (count, terms) = (subject.parameters.count, LossSubject.termCount)
    let loss = subject.forward(rows: rows, threads: threads)
    let (gradients, sum, fused) = (
      Buffer(count: terms * count), Buffer(count: count), Buffer(count: count)
    )
    var gramian = [Double](repeating: 0, count: terms * terms)
    loss.featureGramian(into: &gramian)
    var numbers = bits(loss.values) + bits(loss.magnitudes) + bits(gramian)
    loss.gradients(into: gradients, gramian: &gramian)
    numbers += bits(gramian)
    loss.pullback(CompositeLossTests.weights, into: sum)
    loss.gradient(
      CompositeLossTests.weights, rows: rows, at: subject.parameters, into: fused, subject.record)
    return numbers + (bits(gradients) + bits(sum) + bits(fused)).map(UInt64.init)
  }

  @Test("for all that a loss computes", arguments: CompositeLossTests.rowCounts, [true, false])
  func threadsDoNotMatter(_ rows: Int, _ isShared: Bool) {
    let alone = everything(rows: rows, threads: 1, isShared: isShared)
    for threads in [2, 3, 7] {
      let together = everything(rows: rows, threads: threads, isShared: isShared)
      #expect(alone.count == together.count)
      let difference = alone.indices.first { alone[$0] != together[$0] }
      #expect(difference == nil, "\(threads) threads: number \(difference ?? 0)")
    }
  }

  @Test("also when it is computed again and again")
  func repetitionDoesNotMatter() {
    let subject = LossSubject(rows: 5000)
    let loss = subject.makeLoss(threads: 3)
    let gradient = Buffer(count: subject.parameters.count)
    var first: [UInt32] = []
    for round in 0..<30 {
      loss.gradient(
        CompositeLossTests.weights, rows: 5000, at: subject.parameters, into: gradient,
        subject.record)
      if round == 0 { first = bits(gradient) }
      let isSame = bits(gradient) == first
      #expect(isSame, "round \(round)")
    }
  }
}
