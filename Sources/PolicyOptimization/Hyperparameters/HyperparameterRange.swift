/// The numbers that a hyperparameter may be.
public struct HyperparameterRange: Sendable, Hashable {
  /// The lower end.
  public let lowest: Double
  /// The upper end.
  public let highest: Double
  /// Whether the lower end itself is allowed.
  public let includesLowest: Bool
  /// Whether the upper end itself is allowed.
  public let includesHighest: Bool
  /// Whether the size of the number is meant, whatever its sign.
  public let isOfMagnitude: Bool

  init(
    from lowest: Double, to highest: Double, includesLowest: Bool = true,
    includesHighest: Bool = true, isOfMagnitude: Bool = false
  ) {
    self.lowest = lowest
    self.highest = highest
    self.includesLowest = includesLowest
    self.includesHighest = includesHighest
    self.isOfMagnitude = isOfMagnitude
  }

  /// From 1 to `highest`.
  static func count(upTo highest: Int = .max) -> Self { Self(from: 1, to: Double(highest)) }
  /// More than 0.
  static var positive: Self { Self(from: 0, to: .greatestFiniteMagnitude, includesLowest: false) }
  /// 0 or more.
  static var nonNegative: Self { Self(from: 0, to: .greatestFiniteMagnitude) }
  /// From 0 to 1.
  static var unit: Self { Self(from: 0, to: 1) }
  /// Every number that is finite.
  static var finite: Self { Self(from: -.greatestFiniteMagnitude, to: .greatestFiniteMagnitude) }

  /// Whether a number is in the range; what is not finite never is.
  public func contains(_ number: Double) -> Bool {
    let number = isOfMagnitude ? abs(number) : number
    return number.isFinite && (includesLowest ? lowest <= number : lowest < number)
      && (includesHighest ? number <= highest : number < highest)
  }

  /// The range in words: "from 0 to 1", "at least 1".
  var words: String {
    let begin = Self.text(lowest)
    let end = Self.text(highest)
    if isOfMagnitude { return "from \(begin) to \(end) in size" }
    let isUnbounded = highest >= Double(Int.max)
    switch (lowest == -.greatestFiniteMagnitude, isUnbounded, includesLowest) {
    case (true, true, _): return "finite"
    case (_, true, true):
      return lowest == 0 ? "0 or more and finite" : "at least \(begin)"
    case (_, true, false): return "more than \(begin) and finite"
    default:
      return (includesLowest ? "from \(begin)" : "more than \(begin) and up")
        + (includesHighest ? " to \(end)" : " to below \(end)")
    }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
