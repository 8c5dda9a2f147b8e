import LossBalancing
import TensorCore

// The three losses of PPO, each one number for each row. All are minimised.
//
// Source: Schulman et al., *Proximal Policy Optimization Algorithms*, 2017,
// <https://arxiv.org/abs/1707.06347>.

/// A loss of PPO by the name of its term.
enum PolicyLoss: String, Sendable {
  /// The clipped surrogate.
  case policy
  /// The error of the value.
  case value
  /// The entropy of the policy, negative.
  case entropy
  /// The penalty on the divergence from the policy before, where it has a coefficient.
  case divergence
}

/// Ratio of the probability of an action now to that when it was taken: `ρ = π(a|s) / π_old(a|s)`.
struct ProbabilityRatio {
  /// log ρ, `[rows]`.
  let logarithm: Variable
  /// ρ, `[rows]`.
  let ratio: Variable

  init(logProbabilities: Variable, oldLogProbabilities: Variable) {
    logarithm = logProbabilities - oldLogProbabilities
    ratio = exp(logarithm)
  }
}

/// The clipped surrogate, equation 7: `−min(ρ A, clip(ρ, 1 − ε, 1 + ε) A)`.
///
/// - Parameters:
///   - ratio: ρ, `[rows]`.
///   - advantages: A, `[rows]`.
///   - clipRange: ε.
/// - Returns: `[rows]`.
func policyLoss(ratio: Variable, advantages: Variable, clipRange: Float) -> Variable {
  -minimum(ratio * advantages, clamp(ratio, 1 - clipRange...1 + clipRange) * advantages)
}

/// Half of the squared error of the value: `½ (V − R)²`.
///
/// - Parameters:
///   - values: V, `[rows]`.
///   - returns: R, `[rows]`.
/// - Returns: `[rows]`.
func valueLoss(values: Variable, returns: Variable) -> Variable {
  square(values - returns) * 0.5
}

/// The value's error where the value may not come closer than by a step from what it was:
/// `½ max((V − R)², (V_old + clip(V − V_old, −ε, ε) − R)²)`.
///
/// - Parameters:
///   - values: V, `[rows]`.
///   - oldValues: V_old, `[rows]`.
///   - returns: R, `[rows]`.
///   - clipRange: ε, in units of the value.
/// - Returns: `[rows]`.
func clippedValueLoss(
  values: Variable, oldValues: Variable, returns: Variable, clipRange: Float
) -> Variable {
  let clipped = oldValues + clamp(values - oldValues, -clipRange...clipRange)
  return maximum(square(values - returns), square(clipped - returns)) * 0.5
}

/// Divergence of the new policy from the old one, `(ρ − 1) − log ρ`, whose mean is the divergence
/// KL(π_old ‖ π); with a coefficient it is the penalty of section 4.
///
/// - Parameter ratio: ρ.
/// - Returns: `[rows]`.
func divergencePenalty(_ ratio: ProbabilityRatio) -> Variable {
  (ratio.ratio - 1) - ratio.logarithm
}

/// An additional loss beside those of PPO, for example of a second head of the network.
public struct AuxiliaryLoss: Sendable {
  /// Its name, kind and priority.
  public let term: LossTerm

  /// Computes one number for each row of a block, shape `[rows]`.
  ///
  /// A trainer calls it once with rows of zeros when it is made, to check the shape.
  public let rows: @Sendable (MinibatchRows, PolicyOutput, Tape) -> Variable

  /// Names a loss and says how it is computed.
  public init(
    _ term: LossTerm,
    rows: @escaping @Sendable (MinibatchRows, PolicyOutput, Tape) -> Variable
  ) {
    self.term = term
    self.rows = rows
  }
}
