import EnvironmentKit

/// Estimates advantages as exponentially weighted sums of temporal-difference errors.
///
/// With `V′[t]` the value of what step t really led to,
///
///     δ[t] = rewards[t] + γ V′[t] − values[t]
///     A[t] = δ[t] + γ λ A[t + 1]     within an episode, else δ[t]
///
/// run backwards over each environment on its own. `V′[t]` is 0 after a step that ended the task,
/// the value of the episode's own last observation after one that cut it off, and `values[t + 1]`
/// otherwise. The critic's targets are `returns = advantages + values`.
///
/// - Parameters:
///   - advantages: Receives A, `[T, N]`.
///   - returns: Receives the targets, `[T, N]`.
///   - rewards: What each step earned, `[T, N]`.
///   - values: The critic's estimate before each step and after the last, `[T + 1, N]`.
///   - finalValues: The critic's estimate where an episode was cut off, `[T, N]`.
///   - endings: Whether a step ended the episode, and how, `[T, N]`.
///   - steps: T.
///   - environments: N.
///   - discount: γ, in `0...1`.
///   - traceDecay: λ, in `0...1`.
/// - Complexity: O(T · N), no allocation.
///
/// Source: Schulman et al., *High-Dimensional Continuous Control Using Generalized Advantage
/// Estimation*, ICLR 2016, equation 16, <https://arxiv.org/abs/1506.02438>; bootstrapping at time
/// limits after Pardo et al., *Time Limits in Reinforcement Learning*, ICML 2018,
/// <https://arxiv.org/abs/1712.00378>.
public func estimateAdvantages(
  advantages: UnsafeMutablePointer<Float>, returns: UnsafeMutablePointer<Float>,
  rewards: UnsafePointer<Float>, values: UnsafePointer<Float>,
  finalValues: UnsafePointer<Float>, endings: UnsafePointer<Ending>,
  steps: Int, environments: Int, discount: Float, traceDecay: Float
) {
  for step in (0..<steps).reversed() {
    for row in step * environments..<(step + 1) * environments {
      let following = row + environments
      let nextValue =
        switch endings[row] {
        case .none: values[following]
        case .terminated: Float(0)
        case .truncated: finalValues[row]
        }
      let later = endings[row] != .none || step == steps - 1 ? 0 : advantages[following]
      let error = rewards[row] + discount * nextValue - values[row]
      advantages[row] = error + discount * traceDecay * later
      returns[row] = advantages[row] + values[row]
    }
  }
}
