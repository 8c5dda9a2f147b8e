import CKernels
import TestSupport
import Testing

@Suite("Matrix products equal their naive twin")
struct MatrixProductTests {
  /// How both matrices lie in memory, and whether the product is added.
  struct Form: Sendable, CustomTestStringConvertible {
    let transposeA: Bool
    let transposeB: Bool
    let accumulate: Bool

    var testDescription: String {
      "C \(accumulate ? "+=" : "=") \(transposeA ? "Aᵀ" : "A") \(transposeB ? "Bᵀ" : "B")"
    }

    static let all = [false, true].flatMap { a in
      [false, true].flatMap { b in
        [false, true].map { Form(transposeA: a, transposeB: b, accumulate: $0) }
      }
    }
  }

  /// m, n and k: every size in each place, and what has a path of its own: no, few or very many
  /// products, narrow and wide outputs, more than one panel in depth.
  static let shapes: [(m: Int, n: Int, k: Int)] =
    awkwardSizes.indices.map { index in
      (awkwardSizes[index], awkwardSizes[(5 * index + 3) % 16], awkwardSizes[(7 * index + 11) % 16])
    } + [
      (16, 5, 0), (20, 30, 0), (33, 1, 64), (33, 2, 15), (64, 8, 64), (64, 9, 64), (7, 3, 600),
      (64, 4, 300), (15, 12, 40), (100, 15, 513), (6, 64, 512), (13, 70, 257), (1, 1, 1024),
      (2, 200, 3), (8, 64, 33), (14, 80, 20), (16, 3, 48),
    ]

  /// A matrix whose rows are further apart than they are long, with guards in between.
  private func matrix(
    _ rows: Int, _ columns: Int, stride: Int, _ generator: inout Numbers
  ) -> GuardedMemory<Float> {
    var numbers = [Float](repeating: guardNumber, count: rows * stride)
    for row in 0..<rows {
      numbers.replaceSubrange(
        row * stride..<row * stride + columns, with: generator.array(columns))
    }
    return GuardedMemory(numbers)
  }

  @Test("for all forms, sizes and strides", arguments: Level.all, Form.all)
  func equalNaive(_ level: Level, _ form: Form) {
    for (index, (m, n, k)) in Self.shapes.enumerated() {
      let gap = index % 2 * 3
      var numbers = Numbers(.ordinary, seed: index)
      let (aRows, aColumns) = form.transposeA ? (k, m) : (m, k)
      let (bRows, bColumns) = form.transposeB ? (n, k) : (k, n)
      let (lda, ldb, ldc) = (aColumns + gap, bColumns + 2 * gap, n + gap)
      let a = matrix(aRows, aColumns, stride: lda, &numbers)
      let b = matrix(bRows, bColumns, stride: ldb, &numbers)
      let c = matrix(m, n, stride: ldc, &numbers)
      let before = c.numbers
      level.kernels.matmul(
        c.pointer, ldc, a.pointer, lda, form.transposeA, b.pointer, ldb, form.transposeB, m, n, k,
        form.accumulate)
      #expect(c.isIntact, "\(m) × \(n) × \(k)")
      let expected = naive(form, (m, n, k), a.numbers, lda, b.numbers, ldb, before, ldc)
      let sizes = naive(
        form, (m, n, k), a.numbers.map(abs), lda, b.numbers.map(abs), ldb, before.map(abs), ldc)
      // Each number is off by at most k + 1 roundings of a partial sum, which is at most Σ |a b|.
      let bound = Float(k + 2) * 0x1p-24
      let found = c.numbers
      let wrong = found.indices.first { index in
        index % ldc < n
          ? !(abs(found[index] - expected[index]) <= bound * sizes[index])
          : found[index].bitPattern != guardNumber.bitPattern
      }
      if let wrong {
        Issue.record(
          "\(m) × \(n) × \(k): number \(wrong) is \(found[wrong]) instead of \(expected[wrong])")
      }
    }
  }

  /// The product by the naive twin.
  private func naive(
    _ form: Form, _ shape: (m: Int, n: Int, k: Int), _ a: [Float], _ lda: Int, _ b: [Float],
    _ ldb: Int, _ c: [Float], _ ldc: Int
  ) -> [Float] {
    var c = c
    ck_naive_matmul(
      &c, ldc, a, lda, form.transposeA, b, ldb, form.transposeB, shape.m, shape.n, shape.k,
      form.accumulate)
    return c
  }

  @Test("A layer is a product, a bias and a function", arguments: Level.all)
  func layerEqualsNaive(_ level: Level) {
    for (index, rows) in awkwardSizes.enumerated() {
      let (inputs, outputs) = ([3, 16, 64][index % 3], [1, 2, 9, 64][index % 4])
      for (function, name) in ck_unary.all.prefix(6) {
        var numbers = Numbers(.ordinary, seed: rows)
        let (x, weight) = (numbers.memory(rows * inputs), numbers.memory(outputs * inputs))
        let (bias, y) = (numbers.memory(outputs), numbers.memory(rows * outputs))
        level.kernels.linear(
          y.pointer, x.pointer, weight.pointer, bias.pointer, rows, inputs, outputs, function)
        var sums = (0..<rows).flatMap { _ in bias.numbers }
        ck_naive_matmul(
          &sums, outputs, x.pointer, inputs, false, weight.pointer, inputs, true, rows, outputs,
          inputs, true)
        let expected = sums.map { ck_naive_unary(function, Double($0), 0, 0) }
        // Partial sums stay below 300, whose rounding is 1.5e-5; slopes stay below 1.2.
        let mismatch = Tolerance(relative: 1e-6, absolute: 5e-5).mismatch(y.numbers, expected)
        #expect(mismatch == nil, "\(name), \(rows) × \(outputs) × \(inputs): \(mismatch ?? "")")
        #expect(y.isIntact)
      }
    }
  }

  @Test("A layer by a packed weight has the same bits", arguments: Level.all)
  func packedLayerEqualsLayer(_ level: Level) {
    for (index, rows) in awkwardSizes.enumerated() {
      let (inputs, outputs) = ([1, 3, 17, 64, 300][index % 5], [16, 48, 64, 80, 208][index % 5])
      var numbers = Numbers(.ordinary, seed: rows)
      let (x, weight) = (numbers.memory(rows * inputs), numbers.memory(outputs * inputs))
      let (bias, packed) = (numbers.memory(outputs), numbers.memory(outputs * inputs))
      let (expected, found) = (numbers.memory(rows * outputs), numbers.memory(rows * outputs))
      level.kernels.linear(
        expected.pointer, x.pointer, weight.pointer, bias.pointer, rows, inputs, outputs, ck_tanh)
      level.kernels.pack_weight(packed.pointer, weight.pointer, inputs, outputs)
      level.kernels.linear_packed(
        found.pointer, x.pointer, packed.pointer, bias.pointer, rows, inputs, outputs, ck_tanh)
      #expect(
        found.numbers.map(\.bitPattern) == expected.numbers.map(\.bitPattern),
        "\(rows) × \(outputs) × \(inputs)")
      #expect(found.isIntact && packed.isIntact)
    }
  }
}
