import ArgumentParser
import PolicyOptimization

/// The options for the hyperparameters of one group.
///
/// They are made from ``Hyperparameters/descriptions``: the mirror of this type has an option for
/// each, where other arguments have a property.
struct HyperparameterSection<Group: HyperparameterSectionGroup>: ParsableArguments,
  CustomReflectable
{
  /// What was given, in the order of the descriptions.
  let given: [HyperparameterSetting]

  init() { given = [] }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: OptionKey.self)
    given = try Self.descriptions.flatMap { description in
      try description.optionNames.compactMap { name in
        let key = OptionKey(stringValue: name)
        let value =
          if case .flag = description.kind {
            try description.isOn(named: name, in: container).map(HyperparameterValue.flag)
          } else {
            try container.decode(Option<HyperparameterValue?>.self, forKey: key).wrappedValue
          }
        return value.map { HyperparameterSetting(description: description, value: $0) }
      }
    }
  }

  func validate() throws {
    for (first, second) in zip(given, given.dropFirst())
    where first.description.name == second.description.name {
      throw ValidationError(
        "--\(first.description.name) and --\(first.description.opposite ?? "") exclude each other; "
          + "give one of them.")
    }
  }

  private static var descriptions: [HyperparameterDescription] {
    Hyperparameters.descriptions.filter { $0.group == Group.group }
  }

  var customMirror: Mirror {
    Mirror(
      self,
      children: Self.descriptions.flatMap { description in
        description.optionNames.map { (label: $0, value: description.argument(named: $0)) }
      })
  }
}

/// A hyperparameter with the value that was given for it.
struct HyperparameterSetting {
  let description: HyperparameterDescription
  let value: HyperparameterValue
}

/// An option's name as the key of what was given for it.
private struct OptionKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension HyperparameterDescription {
  /// The name, and for a flag with an opposite of its own name that one, too.
  fileprivate var optionNames: [String] { [name] + [opposite].compactMap(\.self) }

  /// Whether a flag was given so that it is on or off, `nil` if it was not given.
  fileprivate func isOn(
    named argument: String, in container: KeyedDecodingContainer<OptionKey>
  ) throws -> Bool? {
    let key = OptionKey(stringValue: argument)
    guard opposite != nil else {
      return try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue
    }
    let isGiven = try container.decode(Flag<Bool>.self, forKey: key).wrappedValue
    return isGiven ? argument == name : nil
  }

  /// The option or flag of a name.
  fileprivate func argument(named argument: String) -> Any {
    let specification = NameSpecification.customLong(argument)
    if case .flag = kind {
      let text = argument == opposite ? "The opposite of --\(name)." : help
      return opposite == nil
        ? Flag<Bool?>(
          name: specification, inversion: .prefixedNo, exclusivity: .exclusive,
          help: ArgumentHelp(text))
        : Flag<Bool>(wrappedValue: false, name: specification, help: ArgumentHelp(text)) as Any
    }
    // Read unconditionally, so that a negative number is a value and not an option.
    return Option<HyperparameterValue?>(
      name: specification, parsing: .unconditional,
      help: ArgumentHelp(helpWithChoices, valueName: valueName),
      completion: choices.isEmpty ? nil : .list(choices),
      transform: { text in
        let value = HyperparameterValue(text)
        if accepts(value) { return value }
        throw ValidationError("It must be \(expectation).")
      })
  }

  private var choices: [String] {
    switch kind {
    case .choice(let choices): choices + words
    case .schedule: ["constant", "linear:", "cosine:", "exponential:"] + words
    default: words
    }
  }

  private var helpWithChoices: String {
    switch kind {
    case .choice: "\(help) (values: \(choices.joined(separator: ", ")))"
    case .schedule: "\(help) (constant, linear:END, cosine:END, exponential:END, none)"
    default: words.isEmpty ? help : "\(help) (or \(words.joined(separator: ", ")))"
    }
  }

  private var valueName: String {
    switch kind {
    case .wholeNumber: "count"
    case .number: "number"
    case .name, .flag, .choice: "name"
    case .sizes: "sizes"
    case .schedule: "schedule"
    }
  }
}

/// A group of hyperparameters as a type, for ``HyperparameterSection``.
protocol HyperparameterSectionGroup {
  static var group: HyperparameterGroup { get }
}

enum RunGroup: HyperparameterSectionGroup { static let group = HyperparameterGroup.run }
enum RolloutGroup: HyperparameterSectionGroup { static let group = HyperparameterGroup.rollout }
enum OptimizerGroup: HyperparameterSectionGroup {
  static let group = HyperparameterGroup.optimizer
}
enum ObjectiveGroup: HyperparameterSectionGroup {
  static let group = HyperparameterGroup.objective
}
enum BalancingGroup: HyperparameterSectionGroup {
  static let group = HyperparameterGroup.balancing
}
enum NetworkGroup: HyperparameterSectionGroup { static let group = HyperparameterGroup.network }
enum ExplorationGroup: HyperparameterSectionGroup {
  static let group = HyperparameterGroup.exploration
}
enum NormalizationGroup: HyperparameterSectionGroup {
  static let group = HyperparameterGroup.normalization
}
enum EvaluationGroup: HyperparameterSectionGroup {
  static let group = HyperparameterGroup.evaluation
}
