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

  /// The place of a value: the inverse of ``value(at:)``.
  ///
  /// - Parameter value: A value of the hyperparameter.
  /// - Returns: How far from the beginning of the range it lies, from 0 to 1: that of the nearest end
  ///   for a number beyond the range, the middle of its part for one of several choices, and of the
  ///   nearest choice in ratio for another number; `nil` for anything else.
  public func part(of value: HyperparameterValue) -> Double? {
    if case .choices(let values) = self {
      let place = values.firstIndex(of: value) ?? Self.nearest(to: value, among: values)
      return place.map { (Double($0) + 0.5) / Double(values.count) }
    }
    guard let number = value.number else { return nil }
    let part =
      switch self {
      case .linear(let low, let high): (number - low) / (high - low)
      case .logarithmic(let low, let high):
        Self.logarithmicPart(of: number, from: low, to: high)
      case .logarithmicFromOne(let low, let high):
        Self.logarithmicPart(of: 1 - number, from: 1 - low, to: 1 - high)
      case .choices: 0.0
      }
    return min(max(part, 0), 1)
  }

  private static func nearest(
    to value: HyperparameterValue, among values: [HyperparameterValue]
  ) -> Int? {
    guard let number = value.number, number > 0 else { return nil }
    let distances = values.enumerated().compactMap { index, value -> (index: Int, size: Double)? in
      guard let other = value.number, other > 0 else { return nil }
      return (index, abs(ck_log_f64(number) - ck_log_f64(other)))
    }
    return distances.min { $0.size < $1.size }?.index
  }

  private static func logarithmicPart(
    of number: Double, from low: Double, to high: Double
  ) -> Double {
    if number <= 0 { return low < high ? 0 : 1 }
    return (ck_log_f64(number) - ck_log_f64(low)) / (ck_log_f64(high) - ck_log_f64(low))
  }

  private static func geometric(from low: Double, to high: Double, at part: Double) -> Double {
    ck_exp_f64(ck_log_f64(low) + (ck_log_f64(high) - ck_log_f64(low)) * part)
  }
}
