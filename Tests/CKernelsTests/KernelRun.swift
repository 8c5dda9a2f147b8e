import CKernels
import Foundation
import Testing

/// A kernel with all its arguments as a function of a size and a source of numbers.
struct KernelRun: Sendable, CustomTestStringConvertible {
  typealias Body = @Sendable (_ kernels: ck_kernels, _ size: Int, inout Numbers) -> [Output]

  let testDescription: String
  let body: Body

  init(_ name: String, _ body: @escaping Body) {
    testDescription = name
    self.body = body
  }

  /// What a kernel wrote.
  struct Output {
    let bytes: [UInt8]
    /// The bits of each number, all NaNs the same.
    let bits: () -> [UInt64]

    init(_ memory: GuardedMemory<Float>) {
      self.init(memory) { $0.isNaN ? 0 : UInt64($0.bitPattern) }
    }

    init(_ memory: GuardedMemory<Double>) {
      self.init(memory) { $0.isNaN ? 0 : $0.bitPattern }
    }

    private init<Number>(_ memory: GuardedMemory<Number>, _ bits: @escaping (Number) -> UInt64) {
      #expect(memory.isIntact, "A kernel wrote outside its output.")
      let numbers = memory.numbers
      bytes = numbers.withUnsafeBytes { Array($0) }
      self.bits = { numbers.map(bits) }
    }

    /// The first number that differs, `nil` if none does.
    ///
    /// Every NaN counts as the same: its sign and payload are left open by IEEE 754, and follow
    /// from the order in which a compiler hands two operands to an addition.
    func difference(from other: Output) -> Int? {
      guard bytes.count == other.bytes.count else { return min(bytes.count, other.bytes.count) }
      if memcmp(bytes, other.bytes, bytes.count) == 0 { return nil }
      return zip(bits(), other.bits()).enumerated().first { $1.0 != $1.1 }?.offset
    }
  }

  /// Every kernel.
  static let all =
    products + [linear, packedLinear, convolution] + unaries + unaryPullbacks + binaries
    + binaryPullbacks
    + [sumRows, sumColumns, logSoftmax, logSoftmaxPullback, sums]
    + [addScaled, scale, sumVectors] + steps + [orthonormalize]
}

extension KernelRun {
  static let products = [(false, false), (false, true), (true, false), (true, true)].map {
    (transposeA: Bool, transposeB: Bool) in
    KernelRun("matmul of \(transposeA ? "Aᵀ" : "A") and \(transposeB ? "Bᵀ" : "B")") {
      kernels, size, numbers in
      let shapes = [(size, 7, 33), (size, 70, 9), (19, size, 21), (21, 6, size), (5, 20, size)]
      var outputs: [Output] = []
      for (m, n, k) in shapes {
        for accumulate in [false, true] {
          let (a, b) = (numbers.memory(m * k), numbers.memory(k * n))
          let c = numbers.memory(m * n)
          kernels.matmul(
            c.pointer, n, a.pointer, transposeA ? m : k, transposeA, b.pointer,
            transposeB ? k : n, transposeB, m, n, k, accumulate)
          outputs.append(Output(c))
        }
      }
      return outputs
    }
  }

  static let linear = KernelRun("linear") { kernels, size, numbers in
    [ck_identity, ck_tanh, ck_relu, ck_elu].map { function in
      let (x, weight, bias) = (numbers.memory(size * 20), numbers.memory(200), numbers.memory(10))
      let y = numbers.memory(size * 10)
      kernels.linear(y.pointer, x.pointer, weight.pointer, bias.pointer, size, 20, 10, function)
      return Output(y)
    }
  }

  static let packedLinear = KernelRun("packed linear") { kernels, size, numbers in
    [ck_identity, ck_tanh].map { function in
      let (inputs, outputs) = (size % 5 + 19, 80)
      let (x, weight) = (numbers.memory(size * inputs), numbers.memory(outputs * inputs))
      let (bias, y) = (numbers.memory(outputs), numbers.memory(size * outputs))
      let packed = numbers.memory(outputs * inputs)
      kernels.pack_weight(packed.pointer, weight.pointer, inputs, outputs)
      kernels.linear_packed(
        y.pointer, x.pointer, packed.pointer, bias.pointer, size, inputs, outputs, function)
      #expect(packed.isIntact)
      return Output(y)
    }
  }

  static let unaries = ck_unary.all.map { function, name in
    KernelRun(name) { kernels, size, numbers in
      let (x, y) = (numbers.memory(size), numbers.memory(size))
      kernels.unary(function, y.pointer, x.pointer, size, -0.5, 1.5)
      return [Output(y)]
    }
  }

  static let unaryPullbacks = ck_unary.all.map { function, name in
    KernelRun("\(name) pullback") { kernels, size, numbers in
      [false, true].map { accumulate in
        let (x, y) = (numbers.memory(size), numbers.memory(size))
        let (dy, dx) = (numbers.memory(size), numbers.memory(size))
        kernels.unary_pullback(
          function, dx.pointer, dy.pointer, x.pointer, y.pointer, size, -0.5, 1.5, accumulate)
        return Output(dx)
      }
    }
  }

  static let walks = [(1, 1), (1, 0), (0, 1), (0, 0)]

  static let binaries = ck_binary.all.map { function, name in
    KernelRun(name) { kernels, size, numbers in
      walks.map { xStep, yStep in
        let (x, y) = (numbers.memory(max(size, 1)), numbers.memory(max(size, 1)))
        let z = numbers.memory(size)
        kernels.binary(function, z.pointer, x.pointer, xStep, y.pointer, yStep, size)
        return Output(z)
      }
    }
  }

  static let binaryPullbacks = ck_binary.all.map { function, name in
    KernelRun("\(name) pullback") { kernels, size, numbers in
      walks.flatMap { xStep, yStep in
        let (x, y) = (numbers.memory(max(size, 1)), numbers.memory(max(size, 1)))
        let dz = numbers.memory(size)
        let dx = numbers.memory(xStep == 0 ? 1 : size)
        let dy = numbers.memory(yStep == 0 ? 1 : size)
        kernels.binary_pullback(
          function, dx.pointer, dy.pointer, dz.pointer, x.pointer, xStep, y.pointer, yStep, size)
        return [Output(dx), Output(dy)]
      }
    }
  }
}
