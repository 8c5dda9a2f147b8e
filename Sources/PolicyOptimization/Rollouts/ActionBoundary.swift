import CKernels
import EnvironmentKit

/// What happens to an action between the policy and the environment: clipping to the bounds, or
/// squashing into them.
///
/// The same in training, in evaluation and wherever else a policy acts. What is stored and learnt
/// from is the action before.
struct ActionBoundary: Sendable {
  private let space: ActionSpace

  init(_ space: ActionSpace) { self.space = space }

  /// Writes the actions of some rows, which were drawn from a policy, as the environment may take
  /// them.
  func apply(
    to bounded: UnsafeMutablePointer<Float>, from actions: UnsafePointer<Float>, rows: Int,
    of policy: ActionDistribution
  ) {
    let width = space.componentCount
    guard case .box(let box) = space else {
      bounded.update(from: actions, count: rows * width)
      return
    }
    if policy.isSquashed {
      squash(to: bounded, from: actions, count: rows * width, box)
    } else {
      clip(to: bounded, from: actions, count: rows * width, box)
    }
  }

  private func clip(
    to bounded: UnsafeMutablePointer<Float>, from actions: UnsafePointer<Float>, count: Int,
    _ box: BoxSpace
  ) {
    for at in 0..<count {
      let component = at % box.count
      bounded[at] = min(max(actions[at], box.lowest[component]), box.highest[component])
    }
  }

  /// From (−1, 1), where the hyperbolic tangent lies, to the bounds.
  private func squash(
    to bounded: UnsafeMutablePointer<Float>, from actions: UnsafePointer<Float>, count: Int,
    _ box: BoxSpace
  ) {
    ck_run_unary(ck_tanh, bounded, actions, count, 0, 0)
    for at in 0..<count {
      bounded[at] = box.number(at: 0.5 * (bounded[at] + 1), of: at % box.count)
    }
  }
}
