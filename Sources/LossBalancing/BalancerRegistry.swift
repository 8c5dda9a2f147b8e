/// The balancers that can be found by name.
///
/// ```swift
/// let balancer = try BalancerRegistry.make("running-max", terms: terms)
/// ```
///
/// The name of a modifier may stand before that of a method, or of another modifier, and ``Every`` may
/// have a number: `frozen:log`, `row-normalized:upgrad`, `every-10:gradnorm`.
///
/// A program adds the types of its own balancers and modifiers, so that they have names and that
/// checkpoints with them can be read:
///
/// ```swift
/// let registry = BalancerRegistry.standard.adding(MyBalancer.self)
/// decoder.userInfo[.balancerRegistry] = registry
/// ```
public struct BalancerRegistry: Sendable {
  /// The types that are made by name, in the order of a list.
  public private(set) var methods: [any RegisteredBalancer.Type]

  /// The types that are put around a balancer by name.
  public private(set) var modifiers: [any BalancerModifier.Type]

  /// Makes a registry of types, no two of which have the same name.
  public init(
    methods: [any RegisteredBalancer.Type], modifiers: [any BalancerModifier.Type] = []
  ) {
    self.methods = methods
    self.modifiers = modifiers
  }

  /// The names of ``methods``.
  public var names: [String] { methods.map { $0.description.name } }

  /// The registry with a further balancer, which replaces one of the same name.
  public func adding(_ type: any RegisteredBalancer.Type) -> BalancerRegistry {
    let others = methods.filter { $0.description.name != type.description.name }
    return BalancerRegistry(methods: others + [type], modifiers: modifiers)
  }

  /// The registry with a further modifier, which replaces one of the same name.
  public func adding(modifier type: any BalancerModifier.Type) -> BalancerRegistry {
    let others = modifiers.filter { $0.description.name != type.description.name }
    return BalancerRegistry(methods: methods, modifiers: others + [type])
  }

  /// The type of the balancer called `name`.
  ///
  /// - Throws: ``BalancerError/unknownName(_:similar:)``.
  public func method(named name: String) throws(BalancerError) -> any RegisteredBalancer.Type {
    guard let method = methods.first(where: { $0.description.name == name }) else {
      throw .unknownName(name, similar: nearest(names, to: name))
    }
    return method
  }

  /// Makes the balancer called `name`, with the default of each option.
  ///
  /// - Parameters:
  ///   - name: The name of a method, after the names of any modifiers.
  ///   - terms: The terms of the loss.
  /// - Returns: The balancer, inside of the modifiers that were named.
  /// - Throws: ``BalancerError`` for a name that does not exist or terms for which the method is not
  ///   sound.
  public func make(
    _ name: String, terms: [LossTerm]
  ) throws(BalancerError) -> any LossBalancer {
    guard let colon = name.firstIndex(of: ":") else {
      return try method(named: name).init(terms: terms)
    }
    let (modifier, number) = try modifier(named: String(name[..<colon]))
    let base = try make(String(name[name.index(after: colon)...]), terms: terms)
    return try modifier.init(modifying: base, number: number)
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
    if let modifier = modifiers.first(where: { $0.description.name == name }) { return modifier }
    return try method(named: name)
  }

  /// The modifier called `name`, where a hyphen and a number may follow.
  private func modifier(
    named name: String
  ) throws(BalancerError) -> (any BalancerModifier.Type, Int?) {
    let parts = name.split(separator: "-")
    let number = parts.last.flatMap { Int($0) }
    let plain = number == nil ? name : parts.dropLast().joined(separator: "-")
    guard let modifier = modifiers.first(where: { $0.description.name == plain }) else {
      throw .unknownName(
        name, similar: nearest(modifiers.map { $0.description.name }, to: plain))
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
