import NeuralNetworks
import TensorCore

/// What the values of a hyperparameter look like.
public enum HyperparameterKind: Sendable, Hashable {
  /// On or off.
  case flag
  /// A whole number.
  case wholeNumber
  /// A number.
  case number
  /// A name that is looked up elsewhere, such as that of a balancer.
  case name
  /// One of several words.
  case choice([String])
  /// Several whole numbers.
  case sizes
  /// A ``CoefficientSchedule``.
  case schedule

  /// What is expected, in words: "a whole number".
  var expectation: String {
    switch self {
    case .flag: "true or false"
    case .wholeNumber: "a whole number"
    case .number: "a number in the range of what can be computed with"
    case .name: "a name"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .sizes: "a list of whole numbers"
    case .schedule: CoefficientSchedule.expectation
    }
  }
}

/// A type of property that a hyperparameter can have.
protocol HyperparameterRepresentable: Hashable, Sendable {
  /// What its values look like.
  static var kind: HyperparameterKind { get }
  /// Reads a value, `nil` if it is of another type.
  init?(_ value: HyperparameterValue)
  /// The value as files and command lines write it.
  var value: HyperparameterValue { get }
}

extension Bool: HyperparameterRepresentable {
  static var kind: HyperparameterKind { .flag }

  init?(_ value: HyperparameterValue) {
    switch value {
    case .flag(let flag): self = flag
    case .text("true"): self = true
    case .text("false"): self = false
    default: return nil
    }
  }

  var value: HyperparameterValue { .flag(self) }
}

extension Int: HyperparameterRepresentable {
  static var kind: HyperparameterKind { .wholeNumber }

  init?(_ value: HyperparameterValue) {
    guard case .whole(let number) = value else { return nil }
    self = number
  }

  var value: HyperparameterValue { .whole(self) }
}

extension Double: HyperparameterRepresentable {
  static var kind: HyperparameterKind { .number }

  init?(_ value: HyperparameterValue) {
    switch value {
    case .whole(let number): self = Double(number)
    case .real(let number): self = number
    default: return nil
    }
  }

  var value: HyperparameterValue { .real(self) }
}

extension String: HyperparameterRepresentable {
  static var kind: HyperparameterKind { .name }

  init?(_ value: HyperparameterValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }

  var value: HyperparameterValue { .text(self) }
}

extension [Int]: HyperparameterRepresentable {
  static var kind: HyperparameterKind { .sizes }

  init?(_ value: HyperparameterValue) {
    switch value {
    case .sizes(let sizes): self = sizes
    case .whole(let size): self = [size]
    default: return nil
    }
  }

  var value: HyperparameterValue { .sizes(self) }
}

extension Optional: HyperparameterRepresentable where Wrapped: HyperparameterRepresentable {
  static var kind: HyperparameterKind { Wrapped.kind }

  init?(_ value: HyperparameterValue) {
    if value == .none {
      self = .none
    } else if let wrapped = Wrapped(value) {
      self = .some(wrapped)
    } else {
      return nil
    }
  }

  var value: HyperparameterValue { self.map(\.value) ?? .none }
}

/// A hyperparameter that is one of several words.
protocol HyperparameterChoice: HyperparameterRepresentable, RawRepresentable, CaseIterable
where RawValue == String {}

extension HyperparameterChoice {
  static var kind: HyperparameterKind { .choice(allCases.map(\.rawValue)) }

  init?(_ value: HyperparameterValue) {
    switch value {
    // A choice may be called `none`.
    case .text, .none: self.init(rawValue: value.description)
    default: return nil
    }
  }

  var value: HyperparameterValue { HyperparameterValue(rawValue) }
}

extension OptimizerChoice: HyperparameterChoice {}
extension AdvantageNormalization: HyperparameterChoice {}
extension ValueTarget: HyperparameterChoice {}
extension DeviationSource: HyperparameterChoice {}
extension RecurrentCell: HyperparameterChoice {}
extension Activation: HyperparameterChoice {}
extension ImageEncoderChoice: HyperparameterChoice {}
