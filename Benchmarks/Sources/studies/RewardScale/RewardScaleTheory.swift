/// What is expected of a method before anything is measured, from the formulas and from a pilot on
/// CartPole in another toolkit.
enum RewardScaleTheory {
  /// In words, for a table.
  static func expectation(_ balancer: String, _ target: TargetScale) -> String {
    if RewardScalePlan.literalBalancers.contains(balancer) {
      return "breaks: divides by a surrogate near 0"
    }
    if target != .none { return balancer == "fixed" ? "flat, not the highest" : "flat" }
    switch balancer {
    case "fixed": return "falls on both sides"
    case "anchored-norm", "gradnorm", "encodec": return "falls on both sides, less"
    default: return "falls: critic starved at large, noise at small"
    }
  }

  /// The lowest and the highest mean of a seed in the pilot: CartPole, gradients clipped, 100,000
  /// steps, 2 or 3 seeds.
  static func pilot(_ balancer: String, _ target: TargetScale) -> String {
    switch (balancer, target) {
    case ("fixed", .none): "9 to 500"
    case ("running-max", .none): "106 to 500"
    case ("log", .none): "126 to 500"
    case ("anchored-magnitude", .none): "143 to 500"
    case ("anchored-norm", .none): "94 to 500"
    case ("gradnorm", .none): "105 to 500"
    case ("running-max-literal", .none): "99 to 269 at 1"
    case ("log-literal", .none): "129 to 500 at 1"
    case ("fixed", .returns): "444 to 500"
    case ("log", .returns), ("anchored-magnitude", .returns): "500"
    case ("gradnorm", .returns): "499 to 500"
    default: ""
    }
  }
}
