// What balancers check in ``LossBalancer/validate()``.

extension LossBalancer {
  static var name: String { description.name }

  /// Refuses terms that take part and can be negative.
  func requireNonNegativeTerms(instead: String) throws(BalancerError) {
    for term in terms where term.takesPart && term.kind != .nonNegative {
      throw .unsound(balancer: Self.name, term: term.name, kind: term.kind, instead: instead)
    }
  }

  /// Refuses the value of an option.
  func require(
    _ condition: Bool, _ option: String, _ value: Double, toBe expected: String
  ) throws(BalancerError) {
    if condition { return }
    throw .badOption(option, balancer: Self.name, found: "\(value)", expected: expected)
  }

  /// Refuses an option that refers to a term that does not exist or has no influence.
  func requireTerm(named name: String) throws(BalancerError) {
    if terms.contains(where: { $0.name == name && $0.takesPart }) { return }
    throw .unknownTerm(
      name, balancer: Self.name, terms: terms.filter(\.takesPart).map(\.name))
  }

  /// Refuses a state array that has not one finite number for each of `count` things, by default
  /// the terms.
  func requireState(
    _ state: [Double], _ what: String, count: Int? = nil
  ) throws(BalancerError) {
    let expected = count ?? terms.count
    if state.count != expected {
      throw .badState(
        balancer: Self.name, reason: "it has \(state.count) \(what) where \(expected) are needed")
    }
    if !state.allSatisfy(\.isFinite) {
      throw .badState(balancer: Self.name, reason: "its \(what) are not all finite")
    }
  }

  /// Refuses a stored countdown that could not have been counted.
  func requireCountdown(_ count: Int, below interval: Int) throws(BalancerError) {
    if (0..<interval).contains(count) { return }
    throw .badState(
      balancer: Self.name, reason: "\(count) minibatches are left of an interval of \(interval)")
  }

  /// Refuses stored priorities that no term can have been made with.
  func requirePriorities() throws(BalancerError) {
    for term in terms where !(term.priority >= 0 && term.priority.isFinite) {
      throw .badState(
        balancer: Self.name, reason: "the term \(term.name) has the priority \(term.priority)")
    }
  }
}
