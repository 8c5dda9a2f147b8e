/// The balancers that can be found by name.
///
/// ```swift
/// let balancer = try BalancerRegistry.make("running-max", terms: terms)
/// ```
///
/// The name of a modifier may stand before that of a method, or of another modifier, and ``Every`` may
/// have a number: `frozen:log`, `row-normalized:upgrad`, `every-10:gradnorm`.
///
/// A program with a balancer of its own adds the type, so that its checkpoints can be read:
///
/// ```swift
/// let registry = BalancerRegistry.standard.adding(
///   .init(MyBalancer.self) { terms throws(BalancerError) in try MyBalancer(terms: terms) })
/// decoder.userInfo[.balancerRegistry] = registry
/// ```
public struct BalancerRegistry: Sendable {
  /// A balancer that can be made for given terms, with the default of each option.
  public struct Method: Sendable {
    /// The type, under whose name states are stored.
    public let type: any LossBalancer.Type

    /// Makes a balancer.
    public let make: @Sendable ([LossTerm]) throws(BalancerError) -> any LossBalancer

    /// Describes how balancers of `type` are made.
    public init(
      _ type: any LossBalancer.Type,
      make: @escaping @Sendable ([LossTerm]) throws(BalancerError) -> any LossBalancer
    ) {
      self.type = type
      self.make = make
    }

    /// The name, what it does and where it comes from.
    public var description: BalancerDescription { type.description }
  }

  /// A balancer that can be put around another one, with the default of each option but a number.
  public struct Modifier: Sendable {
    /// The type, under whose name states are stored.
    public let type: any LossBalancer.Type

    /// Makes a balancer around another one.
    public let make: @Sendable (any LossBalancer, Int?) throws(BalancerError) -> any LossBalancer

    init(
      _ type: any LossBalancer.Type,
      make: @escaping @Sendable (any LossBalancer, Int?) throws(BalancerError) -> any LossBalancer
    ) {
      self.type = type
      self.make = make
    }

    /// The name and what it does.
    public var description: BalancerDescription { type.description }
  }

  /// What can be made by name, in the order of a list for people.
  public private(set) var methods: [Method]

  /// What can be put around a balancer by name.
  public let modifiers: [Modifier]

  init(methods: [Method], modifiers: [Modifier]) {
    self.methods = methods
    self.modifiers = modifiers
  }

  /// The names of ``methods``.
  public var names: [String] { methods.map(\.description.name) }

  /// The registry with a further method, which replaces one of the same name.
  public func adding(_ method: Method) -> BalancerRegistry {
    let others = methods.filter { $0.description.name != method.description.name }
    return BalancerRegistry(methods: others + [method], modifiers: modifiers)
  }

  /// The method called `name`.
  ///
  /// - Throws: ``BalancerError/unknownName(_:similar:)``.
  public func method(named name: String) throws(BalancerError) -> Method {
    guard let method = methods.first(where: { $0.description.name == name }) else {
      throw .unknownName(name, similar: nearest(names, to: name))
    }
    return method
  }

  /// Makes the balancer called `name`, with the default of each option.
  ///
  /// - Throws: ``BalancerError`` for a name that does not exist or terms for which the method is not
  ///   sound.
  public func make(
    _ name: String, terms: [LossTerm]
  ) throws(BalancerError) -> any LossBalancer {
    guard let colon = name.firstIndex(of: ":") else {
      return try method(named: name).make(terms)
    }
    let (modifier, number) = try modifier(named: String(name[..<colon]))
    let base = try make(String(name[name.index(after: colon)...]), terms: terms)
    return try modifier.make(base, number)
  }

  /// Makes the balancer of this module that is called `name`, with the default of each option.
  ///
  /// - Throws: ``BalancerError`` for a name that does not exist or terms for which the method is not
  ///   sound.
  public static func make(
    _ name: String, terms: [LossTerm]
  ) throws(BalancerError) -> any LossBalancer {
    try standard.make(name, terms: terms)
  }

  /// The type that is stored as `name`.
  func type(named name: String) throws(BalancerError) -> any LossBalancer.Type {
    if let modifier = modifiers.first(where: { $0.description.name == name }) {
      return modifier.type
    }
    return try method(named: name).type
  }

  /// The modifier called `name`, where a hyphen and a number may follow.
  private func modifier(named name: String) throws(BalancerError) -> (Modifier, Int?) {
    let parts = name.split(separator: "-")
    let number = parts.last.flatMap { Int($0) }
    let plain = number == nil ? name : parts.dropLast().joined(separator: "-")
    guard let modifier = modifiers.first(where: { $0.description.name == plain }) else {
      throw .unknownName(name, similar: nearest(modifiers.map(\.description.name), to: plain))
    }
    return (modifier, number)
  }
}

/// Up to three of `names` that `name` may have been meant for: those that it begins, then the nearest.
private func nearest(_ names: [String], to name: String) -> [String] {
  let completions = names.filter { !name.isEmpty && $0.hasPrefix(name) }
  let near = names.map { (name: $0, distance: editDistance($0, name)) }
    .filter { $0.distance <= max(2, name.count / 3) && !completions.contains($0.name) }
    .sorted { $0.distance < $1.distance }
  return (completions + near.map(\.name)).prefix(3).map(\.self)
}
