// How hyperparameters are written to a file, each under the name of its command-line option.

extension Hyperparameters {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads hyperparameters; what is not there is as in the decoder's
  /// `userInfo[.baseHyperparameters]`, or has its default.
  ///
  /// - Throws: A `DecodingError` if a value is of another type. For a hyperparameter its type is
  ///   `HyperparameterValue` and its description what was expected.
  public init(from decoder: any Decoder) throws {
    self = decoder.userInfo[.baseHyperparameters] as? Hyperparameters ?? Hyperparameters()
    let container = try decoder.container(keyedBy: Key.self)
    for description in Self.descriptions {
      let key = Key(stringValue: description.name)
      guard container.contains(key) else { continue }
      let isRead =
        if try container.decodeNil(forKey: key) {
          description.setNull(in: &self)
        } else if let value = try? container.decode(HyperparameterValue.self, forKey: key) {
          description.set(value, in: &self)
        } else {
          false
        }
      if !isRead {
        throw DecodingError.typeMismatch(
          HyperparameterValue.self,
          DecodingError.Context(
            codingPath: container.codingPath + [key],
            debugDescription: description.typeExpectation))
      }
    }
  }

  /// Writes every hyperparameter; what there is none of as the word `none`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for description in Self.descriptions {
      try container.encode(
        description.value(in: self), forKey: Key(stringValue: description.name))
    }
  }

  /// The name of the first hyperparameter that is not the same as in `other`.
  public func firstDifference(from other: Hyperparameters) -> String? {
    Self.descriptions.first { $0.value(in: self) != $0.value(in: other) }?.name
  }
}

extension CodingUserInfoKey {
  /// The ``Hyperparameters`` that those of a file are read on top of.
  public static var baseHyperparameters: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "PolicyOptimization.baseHyperparameters") else {
      preconditionFailure("A key of a decoder's user information could not be made.")
    }
    return key
  }
}
