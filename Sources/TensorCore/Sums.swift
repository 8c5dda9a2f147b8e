import CKernels
import Requirements

/// Sums over vectors in double precision, added in an order that depends on the length alone.
public enum Sums {
  /// `Σ xᵢ`.
  public static func sum(_ x: Buffer) -> Double { sum(x.pointer, count: x.count) }

  /// `Σ xᵢ yᵢ`.
  ///
  /// - Precondition: Both have the same length.
  public static func product(_ x: Buffer, _ y: Buffer) -> Double {
    require(
      x.count == y.count, "\(x.count) numbers cannot be multiplied with \(y.count), one by one.")
    return product(x.pointer, y.pointer, count: x.count)
  }

  /// `Σ xᵢ`.
  package static func sum(_ x: UnsafePointer<Float>, count: Int) -> Double {
    sums(x, nil, count).first
  }

  /// `Σ xᵢ yᵢ`.
  package static func product(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) -> Double {
    sums(x, y, count).first
  }

  private static func sums(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>?, _ count: Int
  ) -> (first: Double, magnitude: Double) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { sums in
      ck_run_sums_f64(sums.baseAddress, x, y, count)
      return (sums[0], sums[1])
    }
  }
}
