import CKernels
import TestSupport
import Testing

@Suite("Orthogonal vectors")
struct OrthogonalVectorTests {
  private func vectors(_ count: Int, _ length: Int) -> [Double] {
    var numbers = Numbers(.ordinary, seed: count)
    return numbers.array(count * length).map(Double.init)
  }

  /// One vector after another: twice less its parts along those before, then divided by its length.
  private func naive(_ numbers: [Double], _ count: Int, _ length: Int) -> [Double] {
    var numbers = numbers
    func product(_ first: Int, _ second: Int) -> Double {
      (0..<length).reduce(0) { $0 + numbers[first * length + $1] * numbers[second * length + $1] }
    }
    for vector in 0..<count {
      for _ in 0..<2 {
        for other in 0..<vector {
          let part = product(vector, other)
          for at in 0..<length {
            numbers[vector * length + at] -= part * numbers[other * length + at]
          }
        }
      }
      let norm = product(vector, vector).squareRoot()
      for at in 0..<length { numbers[vector * length + at] /= norm }
    }
    return numbers
  }

  @Test("are those of the plain algorithm, to the bit, where they are few", arguments: Level.all)
  func equalNaive(_ level: Level) {
    for (count, length) in [(0, 0), (1, 1), (1, 9), (2, 2), (7, 8), (13, 20), (30, 33)] {
      let numbers = vectors(count, length)
      let memory = GuardedMemory(numbers)
      level.kernels.orthonormalize(memory.pointer, count, length)
      #expect(memory.numbers == naive(numbers, count, length), "\(count) of \(length)")
      #expect(memory.isIntact)
    }
  }

  /// Blocks begin at 256 vectors, and then at each 32.
  @Test("are orthogonal and long where they are many", arguments: [(257, 257), (300, 311)])
  func manyAreOrthogonal(_ count: Int, _ length: Int) {
    let memory = GuardedMemory(vectors(count, length))
    ck_run_orthonormalize(memory.pointer, count, length)
    #expect(memory.isIntact)
    for first in stride(from: count - 1, through: 0, by: -7) {
      for second in stride(from: first, through: 0, by: -11) {
        var product = 0.0
        for at in 0..<length {
          product += memory.pointer[first * length + at] * memory.pointer[second * length + at]
        }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-12, "\(first) and \(second)")
      }
    }
  }
}
