/// How large a weight may be.
///
/// Gradients are computed in single precision, in which a weight has to fit with all that it is
/// multiplied by between the loss and the parameters. That can be far more than what arrives there: the
/// gradient of a policy that has settled on one action is 1e-40, and a method that compares lengths of
/// gradients asks for a weight of 1e46.
enum WeightLimit {
  /// The largest size of a weight, some 1.3e30.
  static let largest = 0x1p100
}

extension LossBalancer {
  /// Brings weights that are too large down to `WeightLimit.largest`, or to the priority where that is
  /// more. What is not finite stays, since that is a mistake of the balancer.
  func limit(_ weights: inout [Double]) {
    for index in weights.indices where weights[index].isFinite {
      let limit = max(WeightLimit.largest, terms[index].priority)
      weights[index] = min(max(weights[index], -limit), limit)
    }
  }
}
