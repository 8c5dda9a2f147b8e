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

  /// Where the vectors lie.
  struct Vectors {
    /// The first, which becomes the sum.
    let first: UnsafeMutablePointer<Float>
    /// The others, one behind the other.
    let others: UnsafeMutablePointer<Float>
    /// How many numbers each has.
    let width: Int

    subscript(index: Int) -> UnsafeMutablePointer<Float> {
      index == 0 ? first : others + (index - 1) * width
    }
  }

  /// To be called once for each vector, when it has been computed. When all calls have returned the
  /// first vector holds the sum; the others are of no meaning.
  ///
  /// - Parameters:
  ///   - index: Which one.
  ///   - count: How many there are.
  ///   - vectors: Where they lie.
  /// - Precondition: The calls of the sum before have returned.
  func finish(_ index: Int, of count: Int, in vectors: Vectors) {
    precondition(count <= Self.capacity, "\(count) vectors are more than \(Self.capacity).")
    var (left, distance) = (index, 1)
    while distance < count {
      left -= left % (2 * distance)
      let right = left + distance
      if right < count {
        // The exchange also hands over what the first thread has written, since it releases there and
        // acquires here.
        let isFirst = !halves[right].isThere.exchange(true, ordering: .acquiringAndReleasing)
        if isFirst { return }
        // For the next sum; no other thread comes to this place before it.
        halves[right].isThere.store(false, ordering: .relaxed)
        ck_run_add_scaled(vectors[left], vectors[right], 1, vectors.width)
      }
      distance *= 2
    }
  }
}
