import CKernels
import EnvironmentKit

/// Observations of which parts are bytes, as a rollout keeps them: a quarter of the memory.
///
/// Numbers of the other parts lie apart from the bytes, in single precision.
final class StoredObservations: @unchecked Sendable {
  // Threads write disjoint rows.

  /// A run of numbers of a row of D and where it lies among those of its kind.
  private struct Run {
    let isBytes: Bool
    let start: Int
    let count: Int
    let place: Int
  }

  private let runs: [Run]
  /// How many numbers of a row are in single precision, and how many are bytes.
  let floatCount: Int
  let byteCount: Int
  let floats: UnsafeMutablePointer<Float>
  let bytes: UnsafeMutablePointer<UInt8>

  /// The size of what is kept, in bytes.
  let byteCountInMemory: Int

  /// Reserves memory for some rows; `nil` if no part is bytes.
  init?(_ layout: ObservationLayout, rows: Int) {
    guard layout.parts.contains(where: { $0.element == .uint8 }) else { return nil }
    var (runs, counts): ([Run], [Bool: Int]) = ([], [:])
    for part in layout.parts {
      let isBytes = part.element == .uint8
      runs.append(
        Run(
          isBytes: isBytes, start: part.offset, count: part.count,
          place: counts[isBytes, default: 0]))
      counts[isBytes, default: 0] += part.count
    }
    self.runs = runs
    (floatCount, byteCount) = (counts[false, default: 0], counts[true, default: 0])
    byteCountInMemory = rows * (floatCount * MemoryLayout<Float>.stride + byteCount)
    floats = .allocate(capacity: max(rows * floatCount, 1))
    floats.initialize(repeating: 0, count: rows * floatCount)
    bytes = .allocate(capacity: max(rows * byteCount, 1))
    bytes.initialize(repeating: 0, count: rows * byteCount)
  }

  deinit {
    floats.deallocate()
    bytes.deallocate()
  }

  /// Keeps an observation.
  ///
  /// - Returns: Whether all numbers are finite, and those of bytes whole numbers from 0 to 255.
  func write(_ observation: UnsafePointer<Float>, to row: Int) -> Bool {
    var isValid = true
    for run in runs {
      let from = observation + run.start
      if run.isBytes {
        isValid =
          ck_floats_to_bytes(bytes + row * byteCount + run.place, from, run.count) && isValid
      } else {
        (floats + row * floatCount + run.place).update(from: from, count: run.count)
        for index in 0..<run.count { isValid = isValid && from[index].isFinite }
      }
    }
    return isValid
  }

  /// Writes an observation in single precision, D numbers.
  func read(_ row: Int, into observation: UnsafeMutablePointer<Float>) {
    for run in runs {
      let to = observation + run.start
      if run.isBytes {
        ck_bytes_to_floats(to, bytes + row * byteCount + run.place, run.count)
      } else {
        to.update(from: floats + row * floatCount + run.place, count: run.count)
      }
    }
  }

  /// Makes one row what another is.
  func copy(_ row: Int, to other: Int) {
    (floats + other * floatCount).update(from: floats + row * floatCount, count: floatCount)
    (bytes + other * byteCount).update(from: bytes + row * byteCount, count: byteCount)
  }
}
