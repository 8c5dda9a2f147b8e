/// A hyperparameter that cannot be used, in a sentence.
///
/// The sentence names properties, as ``Hyperparameters`` has them; a program whose users know
/// options asks for those.
public struct InvalidHyperparameter: Error, Hashable, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let sentence: HyperparameterSentence

  /// Says what cannot be used.
  public init(_ sentence: HyperparameterSentence) { self.sentence = sentence }

  /// The sentence, with the names of properties.
  public var description: String { sentence.text(naming: .properties) }
}

/// What hyperparameters are called in a sentence.
public enum HyperparameterNaming: Sendable {
  /// As in Swift: `clipRange`.
  case properties
  /// As on the command line: `--clip-coef`.
  case options
}

/// A sentence about hyperparameters, which are named as the reader knows them.
///
///     let sentence: HyperparameterSentence = "\(\.clipRange) must not be 0."
///     sentence.text(naming: .options)  // "--clip-coef must not be 0."
public struct HyperparameterSentence: Sendable, Hashable, ExpressibleByStringInterpolation {
  fileprivate enum Part: Sendable, Hashable {
    case text(String)
    case hyperparameter(property: String, name: String)
  }

  fileprivate let parts: [Part]

  /// A sentence that names no hyperparameter.
  public init(stringLiteral value: String) { parts = [.text(value)] }

  /// A sentence from its parts.
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// The sentence.
  public func text(naming: HyperparameterNaming) -> String {
    parts.map { part in
      switch (part, naming) {
      case (.text(let text), _): text
      case (.hyperparameter(let property, _), .properties): property
      case (.hyperparameter(_, let name), .options): "--\(name)"
      }
    }.joined()
  }

  /// Collects the parts of a sentence.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    /// Begins with no parts.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Adds text.
    public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }

    /// Adds a value as text.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      parts.append(.text("\(value)"))
    }

    /// Adds a sentence that names hyperparameters.
    public mutating func appendInterpolation(_ sentence: HyperparameterSentence) {
      parts += sentence.parts
    }

    /// Adds the name of a hyperparameter.
    public mutating func appendInterpolation(_ description: HyperparameterDescription) {
      parts.append(
        .hyperparameter(property: description.property, name: description.name))
    }

    /// Adds the name of the hyperparameter that a property is.
    ///
    /// - Precondition: It is one.
    public mutating func appendInterpolation(_ path: PartialKeyPath<Hyperparameters>) {
      guard let description = Hyperparameters.descriptions.first(where: { $0.path == path }) else {
        preconditionFailure("\(path) is no hyperparameter.")
      }
      appendInterpolation(description)
    }
  }
}
