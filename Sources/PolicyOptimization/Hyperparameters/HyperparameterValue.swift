/// The value of a hyperparameter, whatever its type, as files and command lines write it.
public enum HyperparameterValue: Sendable, Hashable {
  /// No value: a limit that is not set. Written `none`.
  case none
  /// On or off.
  case flag(Bool)
  /// A whole number.
  case whole(Int)
  /// A number.
  case real(Double)
  /// A name.
  case text(String)
  /// Several whole numbers, such as the sizes of layers. Written `64,64` on a command line.
  case sizes([Int])

  /// Reads a value as it stands on a command line.
  ///
  /// Numbers may be written `1e6` and `1_000_000`; `none` is no value; several whole numbers are
  /// separated by commas. Everything else is a name.
  public init(_ text: String) {
    if text == Self.noneWord {
      self = .none
    } else if let number = Self.number(text) {
      self = Int(exactly: number).map(HyperparameterValue.whole) ?? .real(number)
    } else if let sizes = Self.sizes(text) {
      self = .sizes(sizes)
    } else {
      self = .text(text)
    }
  }

  /// How no value is written, on the command line and in files.
  public static let noneWord = "none"

  /// A number as people write it, `nil` if it is none: `3`, `-0.5`, `1e6`, `1_000_000`, `inf`.
  public static func number(_ text: String) -> Double? {
    let digits = "0123456789"
    let hasOnlyDigits = text.allSatisfy { "0123456789.eE+-_".contains($0) }
    guard hasOnlyDigits || ["inf", "-inf", "infinity", "-infinity", "nan"].contains(text) else {
      return nil
    }
    let characters = Array(text)
    for (index, character) in characters.enumerated() where character == "_" {
      // An underscore stands between two digits.
      guard index > 0, index + 1 < characters.count, digits.contains(characters[index - 1]),
        digits.contains(characters[index + 1])
      else { return nil }
    }
    return Double(text.replacing("_", with: ""))
  }

  /// The number, whole or not; `nil` for a value of another type.
  public var number: Double? {
    switch self {
    case .whole(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }

  private static func sizes(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { number(String($0)).flatMap { Int(exactly: $0) } }
    return sizes.count == parts.count ? sizes : nil
  }
}

extension HyperparameterValue: CustomStringConvertible {
  /// The value as it is written on a command line; flags as `true` and `false`.
  public var description: String {
    switch self {
    case .none: Self.noneWord
    case .flag(let flag): "\(flag)"
    case .whole(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .sizes(let sizes): sizes.map(String.init).joined(separator: ",")
    }
  }
}

extension HyperparameterValue: Codable {
  /// Reads a value; null is none, as older files have it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Int.self) {
      self = .whole(number)
    } else if let number = try? container.decode(Double.self) {
      self = Int(exactly: number).map(HyperparameterValue.whole) ?? .real(number)
    } else if let text = try? container.decode(String.self) {
      self = text == Self.noneWord ? .none : .text(text)
    } else {
      self = .sizes(try container.decode([Int].self))
    }
  }

  /// Writes a value; none as the word `none`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encode(Self.noneWord)
    case .flag(let flag): try container.encode(flag)
    case .whole(let number): try container.encode(number)
    case .real(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .sizes(let sizes): try container.encode(sizes)
    }
  }
}
