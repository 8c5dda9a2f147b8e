import CKernels
import TensorCore

/// The running means of the gradient and of its square, which an adaptive optimiser divides by each
/// other.
struct Moments {
  let first: Buffer
  let second: Buffer
  /// The threads that share out a step; each number of it concerns one parameter alone.
  private let pool: WorkerPool?

  /// Zeros for `count` parameters.
  init(count: Int, pool: WorkerPool?) {
    first = Buffer(count: count)
    second = Buffer(count: count)
    self.pool = pool
  }

  /// Changes the parameters, and the means with them, by one step of a rule.
  func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, by rule: ck_adaptive
  ) {
    guard let pool else {
      return step(parameters, gradient, gradientScale, rule, 0..<first.count)
    }
    pool.runInParts(of: first.count) { part in
      step(parameters, gradient, gradientScale, rule, part)
    }
  }

  private func step(
    _ parameters: Buffer, _ gradient: Buffer, _ scale: Float, _ rule: ck_adaptive,
    _ part: Range<Int>
  ) {
    let start = part.lowerBound
    ck_run_adaptive_step(
      parameters.pointer + start, gradient.pointer + start, scale, first.pointer + start,
      second.pointer + start, part.count, rule)
  }
}
