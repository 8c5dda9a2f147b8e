/// How much a balancer requires before it can choose weights, from the cheapest level to the most expensive.
///
/// Each level contains those below it. The trainer computes the one that the balancer asks for.
public enum RequiredInformation: Int, Sendable, Codable, Comparable, CaseIterable {
  /// Nothing about this minibatch: the weights are known beforehand, so that forward and backward
  /// pass of a block of rows can follow each other while it is in the cache.
  case nothing
  /// The terms' values, `L`.
  case values
  /// Also the mean of the absolute value of the rows' terms, which is not near zero where a
  /// signed term's value is.
  case magnitudes
  /// Also the Gramian of the terms' gradients with respect to the features, which are the outputs
  /// of the last hidden layers. Only the heads run backwards for it.
  case featureGradients
  /// The Gramian of the terms' gradients with respect to all parameters: one backward pass a term.
  case gramian
  /// The gradients themselves, K rows of P numbers, for methods that keep a memory of them or look
  /// at their entries: `LossMeasurement.measureGradients(_:)`, then
  /// ``LossBalancer/updateWeights(_:from:combining:into:using:)``.
  case gradients

  /// Whether `left` is contained in `right` and is not all of it.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
