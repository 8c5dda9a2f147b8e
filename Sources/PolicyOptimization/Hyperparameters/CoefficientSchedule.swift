import NeuralNetworks

/// How a coefficient changes over a run, from the value that is given for it to another.
///
/// Written `constant`, `linear:0`, `cosine:1e-5` or `exponential:1e-5`: the shape, and the value at
/// the end of the run. `linear` and `cosine` alone end at 0.
public enum CoefficientSchedule: Sendable, Hashable {
  /// It stays as it is.
  case constant
  /// It moves on a straight line.
  case linear(to: Double)
  /// It moves on half a cosine wave: slowly at both ends.
  case cosine(to: Double)
  /// It is multiplied by the same factor in equal times; both ends are above 0.
  case exponential(to: Double)

  /// The value at the end of the run of a coefficient that begins with `start`.
  public func end(from start: Double) -> Double {
    switch self {
    case .constant: start
    case .linear(let end), .cosine(let end), .exponential(let end): end
    }
  }

  /// The values over the run of a coefficient that begins with `start`.
  func schedule(from start: Double) -> Schedule {
    switch self {
    case .constant: .constant(start)
    case .linear(let end): .linear(from: start, to: end)
    case .cosine(let end): .cosine(from: start, to: end)
    case .exponential(let end): .exponential(from: start, to: end)
    }
  }

  static var expectation: String {
    "constant, linear:END, cosine:END or exponential:END, where END is the value at the end of the "
      + "run"
  }
}

extension CoefficientSchedule: LosslessStringConvertible {
  /// Reads the shape and the value at the end, `nil` if it is no schedule.
  public init?(_ description: String) {
    let parts = description.split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let end = parts.count > 1 ? HyperparameterValue.number(String(parts[1])) : nil
    switch (parts[0], parts.count, end) {
    case ("constant", 1, _): self = .constant
    case ("linear", 1, _): self = .linear(to: 0)
    case ("cosine", 1, _): self = .cosine(to: 0)
    case ("linear", _, let end?): self = .linear(to: end)
    case ("cosine", _, let end?): self = .cosine(to: end)
    case ("exponential", _, let end?): self = .exponential(to: end)
    default: return nil
    }
  }

  /// The shape and the value at the end, as they are written.
  public var description: String {
    switch self {
    case .constant: "constant"
    case .linear(let end): "linear:\(end)"
    case .cosine(let end): "cosine:\(end)"
    case .exponential(let end): "exponential:\(end)"
    }
  }
}

extension CoefficientSchedule: HyperparameterRepresentable {
  static var kind: HyperparameterKind { .schedule }

  init?(_ value: HyperparameterValue) {
    guard case .text(let text) = value else { return nil }
    self.init(text)
  }

  var value: HyperparameterValue { .text(description) }
}
