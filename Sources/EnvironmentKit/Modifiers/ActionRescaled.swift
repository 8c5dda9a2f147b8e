import RandomStreams
import Requirements

/// An environment whose actions reach from −1 to 1 whatever the bounds of its base are.
///
/// A policy begins with actions of about that size, so a base with bounds of another size, or with
/// a middle other than 0, is explored badly without it.
public struct ActionRescaled<Base: Environment>: ModifiedEnvironment {
  /// The state is that of the base.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// As many real numbers as the base takes, each from −1 to 1.
  public let actionSpace: ActionSpace
  /// The actions of the base.
  @usableFromInline let bounds: BoxSpace

  /// Rescales actions; see ``Environment/rescalingActions()``.
  public init(_ base: Base) {
    guard case .box(let bounds) = base.actionSpace else {
      stop("The actions of \(base.name) are choices, which have no scale; only real numbers do.")
    }
    for component in 0..<bounds.count {
      let (lowest, highest) = (bounds.lowest[component], bounds.highest[component])
      require(
        lowest.isFinite && highest.isFinite,
        """
        Component \(component) of an action of \(base.name) reaches from \(lowest) to \(highest), \
        and only what has two finite bounds can be stretched from −1...1; use \
        rescalingActions(by:around:) and say by how much.
        """)
    }
    self.base = base
    self.bounds = bounds
    actionSpace = .box(BoxSpace(symmetric: Array(repeating: 1, count: bounds.count)))
  }

  /// Advances the base by the action that −1...1 stands for; what lies beyond counts as the bound,
  /// and NaN stays what it is.
  @inlinable
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: action.count) { rescaled in
      for component in action.indices {
        // In an order in which NaN stays what it is.
        let part = (min(max(action[component], -1), 1) + 1) / 2
        rescaled[component] = bounds.number(at: part, of: component)
      }
      return base.step(&state, action: rescaled.span, using: &generator)
    }
  }
}

extension Environment {
  /// The same environment with actions from −1 to 1, which are stretched to its own bounds.
  ///
  ///     Pendulum().rescalingActions()   // 1 is a torque of 2 N m
  ///
  /// Rewards, limits and the threshold stay what they are.
  ///
  /// Where a bound is infinite use ``rescalingActions(by:around:)``.
  ///
  /// - Precondition: Actions are real numbers with finite bounds.
  public func rescalingActions() -> ActionRescaled<Self> { ActionRescaled(self) }
}
