import Foundation
import PolicyOptimization

/// The value of a setting in `config.json`, whatever its type.
public enum SettingValue: Sendable, Hashable, Decodable {
  /// A number.
  case number(Double)
  /// On or off.
  case flag(Bool)
  /// A name.
  case text(String)
  /// Several values.
  case list([SettingValue])
  /// Nothing: a limit that is not set.
  case none

  /// Reads a value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      // Older files have null.
      self = text == HyperparameterValue.noneWord ? .none : .text(text)
    } else {
      self = .list(try container.decode([SettingValue].self))
    }
  }

  /// The settings in the content of a `config.json`; those of an object in it have its name and a dot
  /// before their own.
  static func settings(_ data: Data) throws -> [String: SettingValue] {
    try JSONDecoder().decode(Entry.self, from: data).settings(named: "")
  }

  /// A setting, or an object of settings.
  private enum Entry: Decodable {
    case value(SettingValue)
    case object([String: Entry])

    init(from decoder: any Decoder) throws {
      if let object = try? [String: Entry](from: decoder) {
        self = .object(object)
      } else {
        self = .value(try SettingValue(from: decoder))
      }
    }

    func settings(named name: String) -> [String: SettingValue] {
      switch self {
      case .value(let value): [name: value]
      case .object(let entries):
        entries.reduce(into: [:]) { settings, entry in
          let key = name.isEmpty ? entry.key : "\(name).\(entry.key)"
          settings.merge(entry.value.settings(named: key)) { $1 }
        }
      }
    }
  }
}

extension SettingValue: CustomStringConvertible {
  /// The value as people write it.
  public var description: String {
    switch self {
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    case .flag(let flag): flag ? "on" : "off"
    case .text(let text): text
    case .list(let values): values.map(\.description).joined(separator: ",")
    case .none: "none"
    }
  }
}
