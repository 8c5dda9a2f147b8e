/// What hyperparameters are about: the sections of the help of `ppo train`.
public enum HyperparameterGroup: String, Sendable, CaseIterable {
  /// How long a run is.
  case run = "Run"
  /// What is collected between updates, and what is made of it.
  case rollout = "Rollout"
  /// How parameters follow the gradient.
  case optimizer = "Optimiser"
  /// The losses of PPO.
  case objective = "Objective"
  /// How the losses are weighed against each other.
  case balancing = "Balancing"
  /// The network of policy and value.
  case network = "Network"
  /// How actions are drawn.
  case exploration = "Exploration"
  /// How observations, rewards and the value's target are scaled.
  case normalization = "Normalisation"
  /// When the policy is evaluated during training.
  case evaluation = "Evaluation"
}

/// All that is known of one hyperparameter besides what it does.
///
/// From the list ``Hyperparameters/descriptions`` come the coding of files, the comparison of
/// settings, validation, the options of the command line with their help, and what a search tries. A
/// new hyperparameter is a property, an entry in that list, and what it does.
public struct HyperparameterDescription: Sendable {
  /// The name on the command line and in files: `clip-coef`.
  public let name: String
  /// The name of the property of ``Hyperparameters``: `clipRange`.
  public let property: String
  /// Section of the help.
  public let group: HyperparameterGroup
  /// Help text, one sentence.
  public let help: String
  /// Kind of its values.
  public let kind: HyperparameterKind
  /// Range of its numbers, `nil` if it is not a number.
  public let range: HyperparameterRange?
  /// Words that stand for special values, such as `none` for a limit that is not set.
  public let words: [String]
  /// For a flag with an opposite of its own name: that name. The opposite of others begins with `no-`.
  public let opposite: String?
  /// Its names in other toolkits.
  public let foreignNames: [String]
  /// Range of values for a search, `nil` for a hyperparameter that is not searched.
  public let searchRange: SearchRange?

  let path: any PartialKeyPath<Hyperparameters> & Sendable
  private let read: @Sendable (Hyperparameters) -> HyperparameterValue
  private let write: @Sendable (inout Hyperparameters, HyperparameterValue) -> Bool
  /// What null stands for in files that older versions have written.
  private let null: HyperparameterValue

  /// Describes a hyperparameter.
  ///
  /// - Parameters:
  ///   - name: The name on the command line.
  ///   - property: The name of the property.
  ///   - path: The property.
  ///   - group: What it is about.
  ///   - help: What it is, in a sentence.
  ///   - range: What numbers it may be.
  ///   - words: Words for special values, besides `none` for `nil`.
  ///   - null: The word that null stands for in older files.
  ///   - olderNone: The number that older versions took for `none`.
  ///   - opposite: The name of the opposite of a flag.
  ///   - foreignNames: What other toolkits call it.
  ///   - search: Among what values a search looks.
  init<Value: HyperparameterRepresentable>(
    _ name: String, _ property: String,
    _ path: any WritableKeyPath<Hyperparameters, Value> & Sendable, _ group: HyperparameterGroup,
    _ help: String, range: HyperparameterRange? = nil, words: [String: Value] = [:],
    null: String = HyperparameterValue.noneWord, olderNone: Double? = nil,
    opposite: String? = nil, foreignNames: [String] = [], search: SearchRange? = nil
  ) {
    self.name = name
    self.property = property
    self.group = group
    self.help = help
    self.range = range
    self.opposite = opposite
    self.foreignNames = foreignNames
    self.path = path
    self.null = HyperparameterValue(null)
    kind = Value.kind
    searchRange = search
    // `none` is one of the words of a choice that has it.
    let none = HyperparameterValue.none
    let takesNone = Value(none) != nil && !Value.kind.isChoice(of: HyperparameterValue.noneWord)
    let noneWord = takesNone ? [HyperparameterValue.noneWord] : []
    self.words = Set(words.keys.sorted() + noneWord).sorted()
    read = { hyperparameters in
      let value = hyperparameters[keyPath: path]
      return words.first { $0.value == value }.map { HyperparameterValue($0.key) } ?? value.value
    }
    write = { hyperparameters, value in
      var value = value
      if let olderNone, Double(value) == olderNone { value = .none }
      guard let found = words[value.description] ?? Value(value) else { return false }
      hyperparameters[keyPath: path] = found
      return true
    }
  }

  /// The value in some hyperparameters.
  public func value(in hyperparameters: Hyperparameters) -> HyperparameterValue {
    read(hyperparameters)
  }

  /// Sets the value in some hyperparameters.
  ///
  /// - Returns: Whether it is a value of the right kind; if not, nothing was changed.
  public func set(_ value: HyperparameterValue, in hyperparameters: inout Hyperparameters) -> Bool {
    write(&hyperparameters, value)
  }

  /// Sets what a file of an older version has as null.
  func setNull(in hyperparameters: inout Hyperparameters) -> Bool {
    write(&hyperparameters, null)
  }

  /// Whether a value is of the right kind, whatever its range.
  public func accepts(_ value: HyperparameterValue) -> Bool {
    var hyperparameters = Hyperparameters()
    return write(&hyperparameters, value)
  }

  /// A value for a search: of the ``searchRange``, and whole where that is needed.
  ///
  /// - Parameter part: How far from the beginning of the range, from 0 to 1.
  /// - Returns: The value; `nil` for a hyperparameter that is not searched.
  public func searchedValue(at part: Double) -> HyperparameterValue? {
    let value = searchRange?.value(at: part)
    if kind == .wholeNumber, case .real(let number)? = value {
      return .whole(Int(number.rounded()))
    }
    return value
  }

  /// What is expected as a value: "a number from 0 to 1, or none".
  public var expectation: String {
    switch (kind, range) {
    case (.number, let range?): "a number, \(range.words)\(orWords)"
    case (.wholeNumber, let range?): "a whole number, \(range.words)\(orWords)"
    default: typeExpectation
    }
  }

  /// What is expected, whatever the range: "a number, or none".
  var typeExpectation: String { kind.expectation + orWords }

  /// Checks that numbers are in the range.
  ///
  /// - Throws: A sentence if one is not.
  func check(_ hyperparameters: Hyperparameters) throws(InvalidHyperparameter) {
    guard let range else { return }
    switch read(hyperparameters) {
    case .whole(let number) where !range.contains(Double(number)):
      throw InvalidHyperparameter("\(self) is \(number); it must be \(range.words)\(orWords).")
    case .real(let number) where !range.contains(number):
      throw InvalidHyperparameter("\(self) is \(number); it must be \(range.words)\(orWords).")
    case .sizes(let sizes):
      for size in sizes where !range.contains(Double(size)) {
        throw InvalidHyperparameter(
          "\(self) contains \(size); each number must be \(range.words).")
      }
    default: break
    }
  }

  private var orWords: String { words.map { ", or \($0)" }.joined() }
}

extension HyperparameterKind {
  fileprivate func isChoice(of word: String) -> Bool {
    if case .choice(let words) = self { words.contains(word) } else { false }
  }
}
