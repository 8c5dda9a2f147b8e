/// What a balancer is called, what it does and where it comes from.
public struct BalancerDescription: Sendable, Hashable {
  /// The name that it is chosen and stored under: lower case, with hyphens.
  public let name: String

  /// What it does, in one line for a list.
  public let summary: String

  /// Authors or title, with an address where there is one.
  public let source: String

  /// Describes a balancer.
  public init(name: String, summary: String, source: String) {
    self.name = name
    self.summary = summary
    self.source = source
  }
}
