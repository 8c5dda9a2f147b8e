import TensorCore

/// The results of independent runs, some of them made at the same time, in their order.
func results<Result: Sendable>(
  of count: Int, threads: Int, _ run: @Sendable (Int) -> Result
) -> [Result] {
  var results: [Result?] = Array(repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { results in
    nonisolated(unsafe) let results = results
    WorkerPool(count: threads).run(count) { index, _ in results[index] = run(index) }
  }
  return results.compactMap { $0 }
}
