import RandomStreams
import Requirements

/// An environment that takes any real numbers as an action, and counts those beyond its bounds as
/// the bounds.
///
/// A trainer clips actions itself; this is for programs that step an environment themselves.
public struct ActionClipped<Base: Environment>: ModifiedEnvironment {
  /// The state is that of the base.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// The actions of the base.
  @usableFromInline let bounds: BoxSpace

  /// Clips actions; see ``Environment/clippingActions()``.
  public init(_ base: Base) {
    guard case .box(let bounds) = base.actionSpace else {
      stop(
        "The actions of \(base.name) are choices, which cannot be clipped; only real numbers can.")
    }
    self.base = base
    self.bounds = bounds
  }

  /// Advances the base by the nearest action within its bounds; NaN stays what it is.
  @inlinable
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: action.count) { clipped in
      for component in action.indices {
        // In an order in which NaN stays what it is.
        clipped[component] = min(
          max(action[component], bounds.lowest[component]), bounds.highest[component])
      }
      return base.step(&state, action: clipped.span, using: &generator)
    }
  }
}

extension Environment {
  /// The same environment, which counts an action beyond its bounds as the nearest one within.
  ///
  /// The action space stays what it is, as do rewards, limits and the threshold.
  ///
  /// - Precondition: Actions are real numbers.
  public func clippingActions() -> ActionClipped<Self> { ActionClipped(self) }
}
