import CKernels

/// Among what values of a hyperparameter a search looks for good ones.
public enum SearchRange: Sendable, Hashable {
  /// Numbers, each as probable as any other.
  case linear(low: Double, high: Double)
  /// Positive numbers whose logarithms are equally probable.
  case logarithmic(low: Double, high: Double)
  /// Numbers below 1 such that the logarithms of 1 − x are equally probable, as for a discount
  /// factor: 0.9, 0.99 and 0.999 are equally far apart.
  case logarithmicFromOne(low: Double, high: Double)
  /// Some values, each as probable as any other.
  case choices([HyperparameterValue])

  /// A value of the range.
  ///
  /// - Parameter part: How far from its beginning, from 0 to below 1; equal parts are equally
  ///   probable.
  /// - Returns: The value there.
  /// - Precondition: The part is from 0 to 1.
  public func value(at part: Double) -> HyperparameterValue {
    precondition(0...1 ~= part, "The part of a search range is \(part); it must be from 0 to 1.")
    switch self {
    case .linear(let low, let high):
      return .real(low + (high - low) * part)
    case .logarithmic(let low, let high):
      return .real(Self.geometric(from: low, to: high, at: part))
    case .logarithmicFromOne(let low, let high):
      return .real(1 - Self.geometric(from: 1 - low, to: 1 - high, at: part))
    case .choices(let values):
      return values[min(Int(part * Double(values.count)), values.count - 1)]
    }
  }

  private static func geometric(from low: Double, to high: Double, at part: Double) -> Double {
    ck_exp_f64(ck_log_f64(low) + (ck_log_f64(high) - ck_log_f64(low)) * part)
  }
}
