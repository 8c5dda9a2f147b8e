import RandomStreams
import Requirements

/// An environment whose actions are in other units than those of its base: 0 is a middle that was
/// chosen, and 1 a distance from it.
///
/// A policy begins with actions around 0 of about the size 1. It is for bases of which a bound is
/// infinite; where all are finite ``ActionRescaled`` needs no numbers.
public struct ActionScaled<Base: Environment>: ModifiedEnvironment {
  /// The state is that of the base.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// The bounds of the base in the new units.
  public let actionSpace: ActionSpace
  /// What 1 stands for, in the units of the base, one number for each component.
  public let scales: [Float]
  /// What 0 stands for, in the units of the base, one number for each component.
  public let middles: [Float]
  /// The actions of the base.
  @usableFromInline let bounds: BoxSpace

  /// Scales actions; see ``Environment/rescalingActions(by:around:)``.
  public init(_ base: Base, scales: [Float], middles: [Float]) {
    guard case .box(let bounds) = base.actionSpace else {
      stop("The actions of \(base.name) are choices, which have no scale; only real numbers do.")
    }
    require(
      scales.count == bounds.count && middles.count == bounds.count,
      """
      An action of \(base.name) has \(bounds.count) components; there are \(scales.count) scales and \
      \(middles.count) middles.
      """)
    for component in 0..<bounds.count {
      let (scale, middle) = (scales[component], middles[component])
      require(
        scale > 0 && scale.isFinite && middle.isFinite,
        """
        Component \(component) of an action is scaled by \(scale) around \(middle); the one must be \
        finite and above 0, the other finite.
        """)
    }
    self.base = base
    self.scales = scales
    self.middles = middles
    self.bounds = bounds
    func scaled(_ numbers: [Float]) -> [Float] {
      numbers.indices.map { (numbers[$0] - middles[$0]) / scales[$0] }
    }
    actionSpace = .box(BoxSpace(lowest: scaled(bounds.lowest), highest: scaled(bounds.highest)))
  }

  /// Advances the base by the action in its own units; what lies beyond a bound counts as the bound,
  /// and NaN stays what it is.
  @inlinable
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: action.count) { scaled in
      for component in action.indices {
        let number = middles[component] + scales[component] * action[component]
        // In an order in which NaN stays what it is.
        scaled[component] = min(max(number, bounds.lowest[component]), bounds.highest[component])
      }
      return base.step(&state, action: scaled.span, using: &generator)
    }
  }
}

extension Environment {
  /// The same environment with actions in other units: `middle + scale · action` is what it gets.
  ///
  ///     Tank().rescalingActions(by: [25, 2], around: [25, 0])   // 0...50 and −2...∞
  ///
  /// Rewards, limits and the threshold stay what they are, and so do bounds, in the new units.
  ///
  /// - Parameters:
  ///   - scales: What 1 stands for, above 0, one number for each component.
  ///   - middles: What 0 stands for, one number for each component.
  /// - Returns: The environment with scaled actions.
  /// - Precondition: Actions are real numbers.
  public func rescalingActions(by scales: [Float], around middles: [Float]) -> ActionScaled<Self> {
    ActionScaled(self, scales: scales, middles: middles)
  }
}
