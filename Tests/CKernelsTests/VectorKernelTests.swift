import CKernels
import TestSupport
import Testing

@Suite("Steps and sums of vectors equal their formulas")
struct VectorKernelTests {
  static let tolerance = Tolerance(relative: 1e-6, absolute: 1e-6)

  private func expect(
    _ found: GuardedMemory<Float>, _ expected: [Double], _ what: String
  ) {
    let mismatch = Self.tolerance.mismatch(found.numbers, expected)
    #expect(mismatch == nil, "\(what): \(mismatch ?? "")")
    #expect(found.isIntact, "\(what)")
  }

  @Test("y += a x and y = a x", arguments: Level.all)
  func scaledVectors(_ level: Level) {
    for size in awkwardSizes {
      var numbers = Numbers(.ordinary, seed: size)
      let (x, y, z) = (numbers.memory(size), numbers.memory(size), numbers.memory(size))
      let before = y.numbers
      level.kernels.add_scaled(y.pointer, x.pointer, 0.375, size)
      level.kernels.scale(z.pointer, x.pointer, 0.375, size)
      let products = x.numbers.map { 0.375 * Double($0) }
      expect(y, zip(before, products).map { Double($0) + $1 }, "y += a x, size \(size)")
      expect(z, products, "y = a x, size \(size)")
    }
  }

  @Test("sums of vectors, taken in order and in place", arguments: Level.all, [0, 1, 2, 7])
  func vectorSums(_ level: Level, _ count: Int) {
    for size in awkwardSizes {
      var numbers = Numbers(.ordinary, seed: size)
      let x = GuardedMemory(numbers.array(count * (size + 3)))
      let out = numbers.memory(size)
      level.kernels.sum_vectors(out.pointer, x.pointer, count, size + 3, size)
      let expected = (0..<size).map { at in
        // In single precision and in order this is exact.
        (0..<count).reduce(Float(0)) { $0 + x.pointer[$1 * (size + 3) + at] }
      }
      #expect(out.numbers == expected && out.isIntact, "size \(size)")
      if count > 0 {
        level.kernels.sum_vectors(x.pointer, x.pointer, count, size + 3, size)
        #expect(Array(x.numbers.prefix(size)) == expected && x.isIntact, "size \(size)")
      }
    }
  }

  @Test("adaptive steps", arguments: Level.all)
  func adaptiveSteps(_ level: Level) {
    let rule = ck_adaptive(
      keep_first: 0.9, add_first: 0.1, keep_second: 0.99, add_second: 0.01,
      momentum_rate: 0.03, gradient_rate: 0.01,
      second_correction: 1.5, epsilon: 1e-3, gradient_decay: 0.1, parameter_scale: 0.98)
    for size in awkwardSizes {
      var numbers = Numbers(.ordinary, seed: size)
      let (p, g) = (numbers.memory(size), numbers.memory(size))
      let (m, v) = (numbers.memory(size), GuardedMemory(numbers.array(size).map(abs)))
      let expected = (0..<size).map { index in
        let gradient = 0.5 * Double(g.pointer[index]) + 0.1 * Double(p.pointer[index])
        let first = 0.9 * Double(m.pointer[index]) + 0.1 * gradient
        let second = 0.99 * Double(v.pointer[index]) + 0.01 * gradient * gradient
        let root = (1.5 * second).squareRoot() + 1e-3
        let step = (0.03 * first + 0.01 * gradient) / root
        return (parameter: 0.98 * Double(p.pointer[index]) - step, first: first, second: second)
      }
      level.kernels.adaptive_step(p.pointer, g.pointer, 0.5, m.pointer, v.pointer, size, rule)
      expect(p, expected.map(\.parameter), "parameters, size \(size)")
      expect(m, expected.map(\.first), "first moments, size \(size)")
      expect(v, expected.map(\.second), "second moments, size \(size)")
    }
  }

  @Test("momentum steps", arguments: Level.all, [false, true])
  func momentumSteps(_ level: Level, _ isNesterov: Bool) {
    for size in awkwardSizes {
      var numbers = Numbers(.ordinary, seed: size)
      let (p, g, b) = (numbers.memory(size), numbers.memory(size), numbers.memory(size))
      let expected = (0..<size).map { index in
        let gradient = 0.5 * Double(g.pointer[index]) + 0.2 * Double(p.pointer[index])
        let velocity = 0.9 * Double(b.pointer[index]) + gradient
        let step = 0.01 * (isNesterov ? gradient + 0.9 * velocity : velocity)
        return (parameter: Double(p.pointer[index]) - step, velocity: velocity)
      }
      level.kernels.momentum_step(
        p.pointer, g.pointer, 0.5, b.pointer, size, 0.01, 0.9, isNesterov, 0.2)
      expect(p, expected.map(\.parameter), "parameters, size \(size)")
      expect(b, expected.map(\.velocity), "velocities, size \(size)")
    }
  }
}
