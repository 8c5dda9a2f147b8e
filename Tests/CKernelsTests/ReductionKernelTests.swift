import CKernels
import TestSupport
import Testing

@Suite("Sums and softmax equal their naive twins")
struct ReductionKernelTests {
  static let shapes = awkwardSizes.flatMap { [($0, 2), ($0, 3), (3, $0), ($0, 20)] }

  /// A sum of n numbers up to 4 is off by at most n roundings of a partial sum, in practice by far
  /// fewer.
  private func tolerance(_ count: Int) -> Tolerance {
    Tolerance(relative: 1e-6, absolute: Double(count) * 4 * 0x1p-24)
  }

  @Test("sums of rows", arguments: Level.all)
  func sumRows(_ level: Level) {
    for (rows, columns) in Self.shapes {
      var numbers = Numbers(.ordinary, seed: rows + columns)
      let (x, out) = (numbers.memory(rows * columns), numbers.memory(rows))
      level.kernels.sum_rows(out.pointer, x.pointer, rows, columns)
      let expected = (0..<rows).map { row in
        (0..<columns).reduce(0.0) { $0 + Double(x.pointer[row * columns + $1]) }
      }
      let mismatch = tolerance(columns).mismatch(out.numbers, expected)
      #expect(mismatch == nil, "\(rows) × \(columns): \(mismatch ?? "")")
      #expect(out.isIntact)
    }
  }

  @Test("sums of columns", arguments: Level.all, [false, true])
  func sumColumns(_ level: Level, _ accumulate: Bool) {
    for (rows, columns) in Self.shapes {
      var numbers = Numbers(.ordinary, seed: rows + columns)
      let (x, out) = (numbers.memory(rows * columns), numbers.memory(columns))
      let before = out.numbers
      level.kernels.sum_columns(out.pointer, x.pointer, rows, columns, accumulate)
      let expected = (0..<columns).map { column in
        (0..<rows).reduce(accumulate ? Double(before[column]) : 0) {
          $0 + Double(x.pointer[$1 * columns + column])
        }
      }
      let mismatch = tolerance(rows + 1).mismatch(out.numbers, expected)
      #expect(mismatch == nil, "\(rows) × \(columns): \(mismatch ?? "")")
      #expect(out.isIntact)
    }
  }

  @Test("logarithms of softmax", arguments: Level.all)
  func logSoftmax(_ level: Level) {
    for (rows, columns) in Self.shapes where columns > 0 {
      var numbers = Numbers(.ordinary, seed: rows + columns)
      let (x, y) = (numbers.memory(rows * columns), numbers.memory(rows * columns))
      let normalizer = numbers.memory(rows)
      level.kernels.log_softmax(y.pointer, normalizer.pointer, x.pointer, rows, columns)
      var expected = [Float](repeating: 0, count: rows * columns)
      ck_naive_log_softmax(&expected, x.pointer, rows, columns)
      // The sum of n exponentials is off by some roundings, and so is its logarithm.
      let tolerance = Tolerance(relative: 2e-7, absolute: 2e-6)
      let mismatch = tolerance.mismatch(y.numbers, expected.map(Double.init))
      #expect(mismatch == nil, "\(rows) × \(columns): \(mismatch ?? "")")
      let normalizers = (0..<rows).map {
        Double(x.pointer[$0 * columns]) - Double(expected[$0 * columns])
      }
      let second = tolerance.mismatch(normalizer.numbers, normalizers)
      #expect(second == nil, "\(rows) × \(columns): \(second ?? "")")
      #expect(y.isIntact && normalizer.isIntact)
    }
  }

  @Test("pullbacks of logarithms of softmax", arguments: Level.all, [false, true])
  func logSoftmaxPullback(_ level: Level, _ accumulate: Bool) {
    for (rows, columns) in Self.shapes where columns > 0 {
      var numbers = Numbers(.ordinary, seed: rows + columns)
      let (x, dy) = (numbers.memory(rows * columns), numbers.memory(rows * columns))
      let (y, dx) = (numbers.memory(rows * columns), numbers.memory(rows * columns))
      let before = dx.numbers
      ck_naive_log_softmax(y.pointer, x.pointer, rows, columns)
      level.kernels.log_softmax_pullback(
        dx.pointer, dy.pointer, y.pointer, rows, columns, accumulate)
      let sums = (0..<rows).map { row in
        (0..<columns).reduce(0.0) { $0 + Double(dy.pointer[row * columns + $1]) }
      }
      let expected = (0..<rows * columns).map { at in
        let probability = ck_naive_unary(ck_exp, Double(y.pointer[at]), 0, 0)
        let slope = Double(dy.pointer[at]) - probability * sums[at / columns]
        return slope + (accumulate ? Double(before[at]) : 0)
      }
      let mismatch = tolerance(columns + 4).mismatch(dx.numbers, expected)
      #expect(mismatch == nil, "\(rows) × \(columns): \(mismatch ?? "")")
      #expect(dx.isIntact)
    }
  }

  @Test("sums in double precision", arguments: Level.all)
  func doubleSums(_ level: Level) {
    for size in awkwardSizes {
      var numbers = Numbers(.ordinary, seed: size)
      let (x, y) = (numbers.memory(size), numbers.memory(size))
      let (plain, product) = (GuardedMemory([7.0, 7.0]), GuardedMemory([7.0, 7.0]))
      level.kernels.sums_f64(plain.pointer, x.pointer, nil, size)
      level.kernels.sums_f64(product.pointer, x.pointer, y.pointer, size)
      let (xs, ys) = (x.numbers.map(Double.init), y.numbers.map(Double.init))
      let sums = [
        xs.reduce(0, +), xs.reduce(0) { $0 + abs($1) }, zip(xs, ys).reduce(0) { $0 + $1.0 * $1.1 },
      ]
      let found = [plain.numbers[0], plain.numbers[1], product.numbers[0]]
      for (number, expected) in zip(found, sums) {
        #expect(abs(number - expected) <= 1e-12, "size \(size)")
      }
      #expect(product.numbers[1] == plain.numbers[1])
      #expect(plain.isIntact && product.isIntact)
    }
  }
}
