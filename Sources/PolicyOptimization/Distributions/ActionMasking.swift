import Requirements
import TensorCore

/// Scores of choices, with those of invalid ones so low that their probability is 0.
///
/// No gradient reaches an invalid choice's score: the slope of a probability that is 0 is 0.
///
/// - Parameters:
///   - scores: Finite, `[rows, M]`.
///   - mask: 1 for a valid and 0 for an invalid choice, constant, `[rows, M]`.
/// - Returns: `[rows, M]`.
///
/// Source: Huang and Ontañón, *A Closer Look at Invalid Action Masking in Policy Gradient
/// Algorithms*, 2020, <https://arxiv.org/abs/2006.14171>.
func masked(_ scores: Variable, by mask: Variable) -> Variable {
  require(
    scores.shape == mask.shape,
    "A mask of shape \(mask.shape) does not fit scores of shape \(scores.shape).")
  return scores + (mask - 1) * 1e8
}
