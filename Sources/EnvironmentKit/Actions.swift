import Requirements

extension Span<Float> {
  /// The choice that an action of a discrete space stands for.
  ///
  ///     let push = action.choice(among: 2) == 1 ? force : -force
  ///
  /// - Parameters:
  ///   - count: How many choices there are.
  ///   - component: Which component of the action; other than 0 only in a multi-discrete space.
  /// - Returns: A number in `0..<count`.
  /// - Precondition: The component is such a number.
  @inlinable
  public func choice(among count: Int, component: Int = 0) -> Int {
    let action = self[component]
    require(
      action >= 0 && action < Float(count) && action == action.rounded(.down),
      "The action is \(action), but there are the choices 0 to \(count - 1).")
    return Int(action)
  }
}
