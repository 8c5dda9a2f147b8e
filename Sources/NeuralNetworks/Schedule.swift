import CKernels

/// A number that changes as training proceeds: a learning rate, a clip range, a coefficient.
public enum Schedule: Sendable, Codable, Hashable {
  /// The same throughout.
  case constant(Double)
  /// On a straight line from the first value to the second.
  case linear(from: Double, to: Double)
  /// On half a cosine wave from the first value to the second.
  case cosine(from: Double, to: Double)
  /// From the first value to the second, multiplied by the same factor in equal times; both are
  /// positive.
  case exponential(from: Double, to: Double)

  /// The value at a point of training.
  ///
  /// - Parameter progress: The part that is done, from 0 at the start to 1 at the end.
  /// - Returns: The value there.
  public func value(at progress: Double) -> Double {
    switch self {
    case .constant(let value):
      return value
    case .linear(let start, let end):
      return start + (end - start) * progress
    case .cosine(let start, let end):
      var (sine, cosine) = (0.0, 0.0)
      ck_sincos_f64(Double.pi * progress, &sine, &cosine)
      return end + (start - end) * (1 + cosine) / 2
    case .exponential(let start, let end):
      return start * ck_exp_f64(progress * (ck_log_f64(end) - ck_log_f64(start)))
    }
  }
}
