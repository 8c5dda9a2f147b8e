/// Why a network, or a loss beside those of PPO, cannot be used: what it gives has not the shape that
/// the spaces of the environment or the losses ask for.
///
/// It is found by evaluating rows of zeros before the first step, so that a mistake is named where it
/// was made and not where its numbers are used.
public struct NetworkMismatch: Error, CustomStringConvertible, Sendable, Hashable {
  /// What was found, what was expected and what to do.
  public let description: String
}
