import CKernels

/// The peak of this machine: what threads reach that do nothing but fused multiply-adds.
///
/// A share of it, measured in the same run, can be compared across machines; a time cannot.
public enum PeakArithmetic {
  /// Measures the peak of the kernel level in use, in some 50 milliseconds.
  ///
  /// - Parameter threads: The number of threads.
  /// - Returns: Billions of floating-point operations a second of all threads together; a fused
  ///   multiply-add counts as two.
  public static func gigaflops(threads: Int) -> Double {
    let pool = WorkerPool(count: threads)
    var rounds = 1000
    while true {
      let seconds = seconds(of: rounds, on: pool)
      if seconds > 0.03 {
        return Double(threads * rounds) * operationsOfRound / seconds / 1e9
      }
      rounds *= 4
    }
  }

  /// Twelve vectors of sixteen numbers, two operations each.
  private static let operationsOfRound = 2.0 * 12 * 16

  private static func seconds(of rounds: Int, on pool: WorkerPool) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    pool.run(pool.count) { _, _ in
      var numbers: (Float, Float) = (0.999, 1e-3)
      withUnsafeMutableBytes(of: &numbers) { bytes in
        guard let first = bytes.assumingMemoryBound(to: Float.self).baseAddress else { return }
        ck_run_multiply_adds(first, rounds)
      }
    }
    return (clock.now - start) / .seconds(1)
  }
}
