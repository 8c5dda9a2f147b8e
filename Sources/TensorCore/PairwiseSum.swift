import CKernels
import Synchronization

/// Adds up vectors that several threads compute, in an order that does not depend on the threads.
///
/// Neighbours are added in pairs, then neighbouring pairs, and so on: `((0 + 1) + (2 + 3)) + …`.
/// Each of these sums is taken by the thread that is the later one to finish what it needs. As a
/// thread usually computes a run of vectors, all but the last few sums stay within one core's cache;
/// memory that another core has read would be slow to write again.
final class PairwiseSum: Sendable {
  /// At most so many vectors are added.
  static let capacity = 16

  /// Whether one of the two parts of a sum is there. A sum is named by the first vector of its right
  /// part, which it shares with no other.
  private let halves = (0..<capacity).map { _ in Half() }

  private final class Half: Sendable {
    let isThere = Atomic<Bool>(false)
  }

  /// To be called when a vector has been computed; the last such call completes the sum, in the
  /// first vector. The others are then of no meaning.
  ///
  /// - Parameters:
  ///   - index: Which one.
  ///   - count: How many there are.
  ///   - width: How many numbers each has.
  ///   - vector: Where each lies.
  func finish(
    _ index: Int, of count: Int, width: Int, at vector: (Int) -> UnsafeMutablePointer<Float>
  ) {
    precondition(count <= Self.capacity, "\(count) vectors are more than \(Self.capacity).")
    var (left, distance) = (index, 1)
    while distance < count {
      left -= left % (2 * distance)
      let right = left + distance
      if right < count {
        let isFirst = !halves[right].isThere.exchange(true, ordering: .acquiringAndReleasing)
        if isFirst { return }
        halves[right].isThere.store(false, ordering: .relaxed)
        ck_run_add_scaled(vector(left), vector(right), 1, width)
      }
      distance *= 2
    }
  }
}
