import TestSupport
import Testing

@testable import TensorCore

@Suite("Composite losses")
struct CompositeLossTests {
  /// Fewer rows than a block, a whole block, one more, several, and more than there are lanes.
  static let rowCounts = [1, 127, 128, 129, 1000, 5000]
  static let weights = [1.0, 0.5, -0.25]

  /// Sums over up to 5000 rows in another order.
  static let tolerance = Tolerance(relative: 1e-5, absolute: 2e-6)

  private func expect(_ found: [Float], _ expected: [Double], _ what: String) {
    let mismatch = Self.tolerance.mismatch(found, expected)
    #expect(mismatch == nil, "\(what): \(mismatch ?? "")")
  }

  @Test("Values and magnitudes are means over the rows", arguments: rowCounts)
  func valuesAreMeans(_ rows: Int) {
    let subject = LossSubject(rows: rows)
    let loss = subject.forward(rows: rows, threads: 2)
    let tape = subject.plainTape(rows: rows)
    for (index, term) in tape.termVariables.enumerated() {
      let numbers = term.tensor.numbers.map(Double.init)
      let value = numbers.reduce(0, +) / Double(rows)
      let magnitude = numbers.reduce(0) { $0 + abs($1) } / Double(rows)
      #expect(abs(loss.values[index] - value) < 1e-6, "value of term \(index)")
      #expect(abs(loss.magnitudes[index] - magnitude) < 1e-6, "magnitude of term \(index)")
    }
    #expect(loss.values[2] < 0 && loss.magnitudes[2] == -loss.values[2])
  }

  @Test("The pullback is the gradient of the weighted sum", arguments: rowCounts)
  func pullbackEqualsPlainGradient(_ rows: Int) {
    let subject = LossSubject(rows: rows)
    let loss = subject.forward(rows: rows, threads: 2)
    let gradient = Buffer(count: subject.parameters.count)
    for weights in [Self.weights, [0, 1, 0], [2, 0, 0], [0, 0, 0]] {
      loss.pullback(weights, into: gradient)
      expect(gradient.array, subject.plainGradient(weights, rows: rows), "\(weights)")
    }
  }

  @Test("Blocks hold whole sequences", arguments: [1, 12, 16, 128, 200])
  func blocksHoldSequences(_ length: Int) {
    let rows = 7 * 12 * 16 * 25
    let blocks = Blocks(
      rows: rows,
      rowsPerBlock: CompositeLoss(
        termCount: 1, parameterCount: 1, pool: WorkerPool(count: 1), rowsPerSequence: length
      ).rowsPerBlock)
    #expect(blocks.rowsPerBlock == [1: 128, 12: 120, 16: 128, 128: 128, 200: 200][length])
    var next = 0
    for block in 0..<blocks.count {
      let range = blocks.rows(of: block)
      #expect(range.lowerBound == next)
      #expect(range.count.isMultiple(of: length) || range.upperBound == rows)
      next = range.upperBound
    }
    #expect(next == rows)
  }

  @Test("Forwards and backwards block by block gives the same bits", arguments: rowCounts)
  func fusedEqualsSeparate(_ rows: Int) {
    let subject = LossSubject(rows: rows)
    let separate = subject.forward(rows: rows, threads: 2)
    let fused = subject.makeLoss(threads: 2)
    let (first, second) = (
      Buffer(count: subject.parameters.count), Buffer(count: subject.parameters.count)
    )
    separate.pullback(Self.weights, into: first)
    fused.gradient(
      Self.weights, rows: rows, at: subject.parameters, into: second, subject.record)
    #expect(bits(first) == bits(second))
    #expect(bits(separate.values) == bits(fused.values))
    #expect(bits(separate.magnitudes) == bits(fused.magnitudes))
  }

  @Test("The gradients of the terms add up to the gradient of the sum", arguments: rowCounts)
  func termGradientsAddUp(_ rows: Int) {
    let subject = LossSubject(rows: rows)
    let loss = subject.forward(rows: rows, threads: 2)
    let (count, terms) = (subject.parameters.count, LossSubject.termCount)
    let gradients = Buffer(count: terms * count)
    var gramian = [Double](repeating: .nan, count: terms * terms)
    loss.gradients(into: gradients, gramian: &gramian)
    let total = Buffer(count: count)
    loss.pullback(Self.weights, into: total)
    let rows = (0..<terms).map { term in
      gradients.array[term * count..<(term + 1) * count].map(Double.init)
    }
    let sum = (0..<count).map { at in
      (0..<terms).reduce(0.0) { $0 + Self.weights[$1] * rows[$1][at] }
    }
    expect(total.array, sum, "the weighted sum")
    for i in 0..<terms {
      for j in 0..<terms {
        let product = zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(gramian[i * terms + j] - product) <= 1e-12 * max(1, abs(product)))
      }
    }
  }

  @Test("A loss may be reused with other numbers of rows")
  func reuse() {
    let subject = LossSubject(rows: 5000)
    let loss = subject.makeLoss(threads: 2)
    let (used, fresh) = (
      Buffer(count: subject.parameters.count), Buffer(count: subject.parameters.count)
    )
    for rows in [5000, 1, 129, 5000, 128] {
      loss.forward(rows: rows, at: subject.parameters, subject.record)
      loss.pullback(Self.weights, into: used)
      subject.forward(rows: rows, threads: 2).pullback(Self.weights, into: fresh)
      #expect(bits(used) == bits(fresh), "\(rows) rows")
    }
  }

  @Test("A pullback writes one row of a matrix and leaves the others")
  func pullbackWritesOneRow() {
    let subject = LossSubject(rows: 1000)
    let loss = subject.forward(rows: 1000, threads: 2)
    let count = subject.parameters.count
    let (matrix, alone) = (Buffer(count: 3 * count), Buffer(count: count))
    for index in 0..<3 * count { matrix[index] = 9 }
    loss.pullback(Self.weights, into: matrix, row: 1)
    loss.pullback(Self.weights, into: alone)
    let nines = [Float](repeating: 9, count: count)
    #expect(matrix.array == nines + alone.array + nines)
  }

  @Test("A weight that is no number gives no gradient that looks like one")
  func nansAreSeen() {
    let subject = LossSubject(rows: 200)
    let loss = subject.forward(rows: 200, threads: 2)
    let gradient = Buffer(count: subject.parameters.count)
    loss.pullback([1, .nan, 0], into: gradient)
    #expect(gradient.array.contains { $0.isNaN })
  }
}
