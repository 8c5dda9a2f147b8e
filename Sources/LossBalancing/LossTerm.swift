import Requirements

/// One of the losses that are added up: its name, what its number means and how much it counts.
public struct LossTerm: Sendable, Codable, Hashable {
  /// What is known about the sign of a term's value.
  public enum Kind: String, Sendable, Codable {
    /// Never below zero, and zero where nothing is left to learn: a squared error, a
    /// cross-entropy.
    case nonNegative
    /// Of either sign, often near zero while its gradient is not: PPO's clipped surrogate.
    case signed
    /// The negative of something to be made large: `−H` for an entropy `H`.
    case bonus
  }

  /// The name that weights are reported under, for example `value`.
  public let name: String

  /// What is known about the sign of the value.
  public let kind: Kind

  /// How much the term counts once it is on the scale of the others, `γ`, at least 0.
  ///
  /// A term of priority 0 is measured and reported, but gets the weight 0 and has no influence on
  /// the weights of the others.
  public var priority: Double

  /// Whether the term takes part in balancing: its priority is not 0.
  public var takesPart: Bool { priority > 0 }

  /// Describes a term.
  ///
  /// - Precondition: `priority` is finite and not negative.
  public init(name: String, kind: Kind, priority: Double = 1) {
    require(
      priority >= 0 && priority.isFinite,
      "The priority of loss term \(name) is \(priority); it must be finite and not negative.")
    self.name = name
    self.kind = kind
    self.priority = priority
  }
}
