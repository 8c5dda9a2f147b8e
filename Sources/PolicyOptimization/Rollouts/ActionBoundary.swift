import EnvironmentKit

/// What happens to an action between the policy and the environment: clipping to the bounds.
///
/// The same in training, in evaluation and wherever else a policy acts. What is stored and learnt
/// from is the action before.
struct ActionBoundary: Sendable {
  private let space: ActionSpace

  init(_ space: ActionSpace) { self.space = space }

  /// Writes the actions of some rows as the environment may take them.
  func apply(
    to bounded: UnsafeMutablePointer<Float>, from actions: UnsafePointer<Float>, rows: Int
  ) {
    let width = space.componentCount
    guard case .box(let box) = space else {
      bounded.update(from: actions, count: rows * width)
      return
    }
    for row in 0..<rows {
      for component in 0..<width {
        let at = row * width + component
        bounded[at] = min(max(actions[at], box.lowest[component]), box.highest[component])
      }
    }
  }
}
