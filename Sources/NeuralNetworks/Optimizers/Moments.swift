import CKernels
import TensorCore

/// The running means of the gradient and of its square; an adaptive optimiser divides the first by
/// the root of the second.
struct Moments {
  let first: Buffer
  let second: Buffer

  /// Zeros for `count` parameters.
  init(count: Int) {
    first = Buffer(count: count)
    second = Buffer(count: count)
  }

  /// Changes the parameters, and the means with them, by one step of a rule, each parameter by
  /// itself.
  func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, by rule: ck_adaptive,
    on pool: WorkerPool?
  ) {
    WorkerPool.runInParts(of: first.count, on: pool) { part in
      let start = part.lowerBound
      ck_run_adaptive_step(
        parameters.pointer + start, gradient.pointer + start, gradientScale, first.pointer + start,
        second.pointer + start, part.count, rule)
    }
  }
}
