import CKernels
import TestSupport
import Testing

@Suite("Elementwise kernels equal their naive twins")
struct ElementwiseKernelTests {
  /// Functions are right to 6e-7 of the number or of 1, whichever is larger; their errors in detail
  /// are the matter of ``ElementaryFunctionTests``. A product adds a rounding.
  static let tolerance = Tolerance(relative: 2e-6, absolute: 2e-6)

  /// Arguments of a function: positive ones for a logarithm and a root.
  private func arguments(
    of function: ck_unary, _ count: Int, _ numbers: inout Numbers
  ) -> GuardedMemory<Float> {
    let needsPositive = function == ck_log || function == ck_sqrt
    let array = numbers.array(count)
    return GuardedMemory(needsPositive ? array.map { abs($0) + 0.1 } : array)
  }

  @Test("functions of one variable", arguments: Level.all)
  func unaryEqualsNaive(_ level: Level) {
    for (function, name) in ck_unary.all {
      for size in awkwardSizes {
        var numbers = Numbers(.ordinary, seed: size)
        let x = arguments(of: function, size, &numbers)
        let y = numbers.memory(size)
        level.kernels.unary(function, y.pointer, x.pointer, size, -0.5, 1.5)
        let expected = x.numbers.map { ck_naive_unary(function, Double($0), -0.5, 1.5) }
        let mismatch = Self.tolerance.mismatch(y.numbers, expected)
        #expect(mismatch == nil, "\(name), size \(size): \(mismatch ?? "")")
        #expect(y.isIntact, "\(name), size \(size)")
        // In place.
        level.kernels.unary(function, x.pointer, x.pointer, size, -0.5, 1.5)
        #expect(x.numbers == y.numbers && x.isIntact, "\(name), size \(size), in place")
      }
    }
  }

  @Test("pullbacks of functions of one variable", arguments: Level.all, [false, true])
  func unaryPullbackEqualsNaive(_ level: Level, _ accumulate: Bool) {
    for (function, name) in ck_unary.all {
      for size in awkwardSizes {
        var numbers = Numbers(.ordinary, seed: size)
        let x = arguments(of: function, size, &numbers)
        let (y, dy) = (numbers.memory(size), numbers.memory(size))
        let dx = numbers.memory(size)
        let before = dx.numbers
        level.kernels.unary(function, y.pointer, x.pointer, size, -0.5, 1.5)
        level.kernels.unary_pullback(
          function, dx.pointer, dy.pointer, x.pointer, y.pointer, size, -0.5, 1.5, accumulate)
        let (arguments, gradients) = (x.numbers, dy.numbers)
        let expected = arguments.indices.map { index in
          let slope = ck_naive_unary_slope(function, Double(arguments[index]), -0.5, 1.5)
          return slope * Double(gradients[index]) + (accumulate ? Double(before[index]) : 0)
        }
        // Slopes are off by 1e-6 where dy is up to 4.
        let tolerance = Tolerance(relative: 2e-6, absolute: 4e-6)
        let mismatch = tolerance.mismatch(dx.numbers, expected)
        #expect(mismatch == nil, "\(name), size \(size): \(mismatch ?? "")")
        #expect(dx.isIntact, "\(name), size \(size)")
      }
    }
  }

  @Test("functions of two variables", arguments: Level.all, [0, 1])
  func binaryEqualsNaive(_ level: Level, _ xStep: Int) {
    for (function, name) in ck_binary.all {
      for (size, yStep) in awkwardSizes.flatMap({ [($0, 0), ($0, 1)] }) {
        let place = "\(name), size \(size), steps \(xStep) and \(yStep)"
        let (x, y, _) = operands(size, xStep, yStep)
        let z = GuardedMemory([Float](repeating: 0, count: size))
        level.kernels.binary(function, z.pointer, x.pointer, xStep, y.pointer, yStep, size)
        var slopes = (0.0, 0.0)
        let expected = (0..<size).map {
          ck_naive_binary(
            function, Double(x.pointer[$0 * xStep]), Double(y.pointer[$0 * yStep]), &slopes.0,
            &slopes.1)
        }
        let mismatch = Tolerance(relative: 1e-7, absolute: 0).mismatch(z.numbers, expected)
        #expect(mismatch == nil, "\(place): \(mismatch ?? "")")
        #expect(z.isIntact, "\(place)")
      }
    }
  }

  @Test("pullbacks of functions of two variables", arguments: Level.all, [0, 1])
  func binaryPullbackEqualsNaive(_ level: Level, _ xStep: Int) {
    for (function, name) in ck_binary.all {
      for (size, yStep) in awkwardSizes.flatMap({ [($0, 0), ($0, 1)] }) {
        let place = "\(name), size \(size), steps \(xStep) and \(yStep)"
        let (x, y, dz) = operands(size, xStep, yStep)
        let dx = GuardedMemory([Float](repeating: 0.5, count: xStep == 0 ? 1 : size))
        let dy = GuardedMemory([Float](repeating: -0.5, count: yStep == 0 ? 1 : size))
        level.kernels.binary_pullback(
          function, dx.pointer, dy.pointer, dz.pointer, x.pointer, xStep, y.pointer, yStep, size)
        var expected = (dx.numbers.map { _ in 0.5 }, dy.numbers.map { _ in -0.5 })
        for index in 0..<size {
          var slopes = (0.0, 0.0)
          _ = ck_naive_binary(
            function, Double(x.pointer[index * xStep]), Double(y.pointer[index * yStep]),
            &slopes.0, &slopes.1)
          expected.0[index * xStep] += slopes.0 * Double(dz.pointer[index])
          expected.1[index * yStep] += slopes.1 * Double(dz.pointer[index])
        }
        // Where a step is 0 up to 300 numbers of up to 16 are added.
        let tolerance = Tolerance(relative: 1e-6, absolute: 2e-6 + Double(size) * 1e-6)
        for (found, wanted) in [(dx, expected.0), (dy, expected.1)] {
          let mismatch = tolerance.mismatch(found.numbers, wanted)
          #expect(mismatch == nil, "\(place): \(mismatch ?? "")")
          #expect(found.isIntact, "\(place)")
        }
        // Either may be left out, and the other is the same.
        let alone = GuardedMemory([Float](repeating: -0.5, count: dy.count))
        level.kernels.binary_pullback(
          function, nil, alone.pointer, dz.pointer, x.pointer, xStep, y.pointer, yStep, size)
        #expect(alone.numbers == dy.numbers, "\(place)")
      }
    }
  }

  /// Operands whose second one is not near 0; every fifth pair is equal.
  private func operands(
    _ size: Int, _ xStep: Int, _ yStep: Int
  ) -> (x: GuardedMemory<Float>, y: GuardedMemory<Float>, dz: GuardedMemory<Float>) {
    var numbers = Numbers(.ordinary, seed: size)
    let (xCount, yCount) = (xStep == 0 ? 1 : size, yStep == 0 ? 1 : size)
    let y = numbers.array(yCount).map { $0 < 0 ? $0 - 1 : $0 + 1 }
    var x = numbers.array(xCount)
    for index in stride(from: 0, to: min(xCount, yCount), by: 5) { x[index] = y[index] }
    return (GuardedMemory(x), GuardedMemory(y), numbers.memory(size))
  }
}
