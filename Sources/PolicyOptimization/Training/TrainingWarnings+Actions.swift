import EnvironmentKit
import Foundation
import TensorCore

// How the actions of a policy that begins lie between their bounds.

extension TrainingWarnings {
  /// Bounds of which less than this part is tried are out of reach.
  static let leastReach = 0.25
  /// Of actions more than this part may not lie beyond the bounds.
  static let mostBeyond = 0.95

  /// Looks at the actions of a rollout, which are as the policy drew them.
  func reach(of rollout: Rollout) -> [TrainingWarning] {
    guard case .box(let box) = space else { return [] }
    return (0..<box.count).compactMap { component -> TrainingWarning? in
      let spread = ActionSpread(of: component, in: rollout, box)
      if spread.partBeyond > Self.mostBeyond { return beyond(component, spread) }
      guard let part = spread.partReached, part < Self.leastReach else { return nil }
      return outOfReach(component, spread)
    }
  }

  private func outOfReach(_ component: Int, _ spread: ActionSpread) -> TrainingWarning {
    TrainingWarning(
      kind: .boundsOutOfReach,
      sentence: """
        Component \(component) of an action, counted from 0, reaches from \(spread.lowest) to \
        \(spread.highest), but the policy begins with numbers from \(text(spread.usual.lowerBound)) \
        to \(text(spread.usual.upperBound)), and may never try the others. \(advice)
        """)
  }

  private func beyond(_ component: Int, _ spread: ActionSpread) -> TrainingWarning {
    TrainingWarning(
      kind: .actionsBeyondBounds,
      sentence: """
        Of the numbers that the policy begins with for component \(component) of an action, counted \
        from 0, \(Int(100 * spread.partBeyond)) % lie beyond its bounds \(spread.lowest) and \
        \(spread.highest) and count as one of them. \(advice)
        """)
  }

  private var advice: HyperparameterSentence {
    """
    Rescale the actions (rescalingActions()), squash them (\(\.squashesActions)), or change \
    \(\.initialLogDeviation).
    """
  }

  private func text(_ number: Double) -> String {
    abs(number) >= 0.05 ? "\((10 * number).rounded() / 10)" : String(format: "%.2g", number)
  }
}

/// Where the numbers that a policy drew for a component of its actions lie.
struct ActionSpread {
  /// The bounds.
  let lowest: Float
  let highest: Float
  /// Two deviations around the mean.
  let usual: ClosedRange<Double>
  /// The part of the actions that is beyond the bounds.
  let partBeyond: Double

  init(of component: Int, in rollout: Rollout, _ box: BoxSpace) {
    (lowest, highest) = (box.lowest[component], box.highest[component])
    var moments = RunningMoments(count: 1)
    var beyond = 0
    for row in 0..<rollout.rowCount {
      let action = rollout.actions.pointer + row * rollout.actionCount + component
      moments.add(action, rows: 1)
      if action.pointee < lowest || action.pointee > highest { beyond += 1 }
    }
    let (mean, deviation) = (moments.means[0], moments.variance(of: 0).squareRoot())
    usual = mean - 2 * deviation...mean + 2 * deviation
    partBeyond = Double(beyond) / Double(rollout.rowCount)
  }

  /// The part of what the bounds allow that is usual; `nil` where a bound is infinite or both are equal.
  var partReached: Double? {
    let (lowest, highest) = (Double(lowest), Double(highest))
    guard lowest.isFinite, highest.isFinite, lowest < highest else { return nil }
    let overlap = min(usual.upperBound, highest) - max(usual.lowerBound, lowest)
    return max(overlap, 0) / (highest - lowest)
  }
}
