/// The balancers that can be found by name.
///
/// ```swift
/// let balancer = try BalancerRegistry.make("running-max", terms: terms)
/// ```
///
/// A program with a balancer of its own adds the type, so that its checkpoints can be read:
///
/// ```swift
/// let registry = BalancerRegistry.standard.adding(
///   .init(MyBalancer.self) { terms throws(BalancerError) in try MyBalancer(terms: terms) })
/// decoder.userInfo[.balancerRegistry] = registry
/// ```
public struct BalancerRegistry: Sendable {
  /// All balancers of this module.
  public static let standard = BalancerRegistry(methods: [
    Method(FixedCoefficients.self) { terms throws(BalancerError) in
      FixedCoefficients(terms: terms)
    },
    Method(RunningMaximum.self) { terms throws(BalancerError) in
      try RunningMaximum(terms: terms)
    },
    Method(LogNormalization.self) { terms throws(BalancerError) in
      try LogNormalization(terms: terms)
    },
    Method(GradNorm.self) { terms throws(BalancerError) in
      try GradNorm(terms: terms)
    },
    Method(PublishedGradNorm.self) { terms throws(BalancerError) in
      try PublishedGradNorm(terms: terms)
    },
  ])

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

  /// What can be made by name, in the order of a list for people.
  public private(set) var methods: [Method]

  private init(methods: [Method]) {
    self.methods = methods
  }

  /// The names of ``methods``.
  public var names: [String] { methods.map(\.description.name) }

  /// The registry with a further method, which replaces one of the same name.
  public func adding(_ method: Method) -> BalancerRegistry {
    let others = methods.filter { $0.description.name != method.description.name }
    return BalancerRegistry(methods: others + [method])
  }

  /// The method called `name`.
  ///
  /// - Throws: ``BalancerError/unknownName(_:similar:)``.
  public func method(named name: String) throws(BalancerError) -> Method {
    guard let method = methods.first(where: { $0.description.name == name }) else {
      throw .unknownName(name, similar: names(like: name))
    }
    return method
  }

  /// Makes the balancer of this module that is called `name`, with the default of each option.
  ///
  /// - Throws: ``BalancerError`` for a name that does not exist or terms for which the method is not
  ///   sound.
  public static func make(
    _ name: String, terms: [LossTerm]
  ) throws(BalancerError) -> any LossBalancer {
    try standard.method(named: name).make(terms)
  }

  /// The type that is stored as `name`.
  func type(named name: String) throws(BalancerError) -> any LossBalancer.Type {
    try method(named: name).type
  }

  /// Up to three names that `name` may have been meant for, the nearest first.
  private func names(like name: String) -> [String] {
    let limit = max(2, name.count / 3)
    let near = names.map { (name: $0, distance: editDistance($0, name)) }
      .filter { $0.distance <= limit || $0.name.hasPrefix(name) || name.hasPrefix($0.name) }
      .sorted { $0.distance < $1.distance }
    return near.prefix(3).map(\.name)
  }
}
