import CKernels

/// Moves the coefficient of the entropy so that the entropy comes to a target: up where it is too
/// low, down where it is too high.
///
/// `log α ← log α − η (H − H̄)`, once for each update.
///
/// Source: Haarnoja et al., *Soft Actor-Critic Algorithms and Applications*, 2018, section 5,
/// <https://arxiv.org/abs/1812.05905>, with the logarithm of the temperature as what is learnt.
struct EntropyController: Sendable, Hashable {
  /// H̄, in nats.
  let target: Double
  /// η.
  let rate: Double

  /// The coefficient α that follows `coefficient` after an update with the mean entropy `entropy`.
  func coefficient(after coefficient: Double, entropy: Double) -> Double {
    // An infinite factor would make NaN of a coefficient that is 0.
    let factor = min(ck_exp_f64(-rate * (entropy - target)), .greatestFiniteMagnitude)
    return Self.limited(coefficient * factor)
  }

  /// So that no coefficient becomes 0, from which it would not come back, or infinite.
  static func limited(_ coefficient: Double) -> Double { min(max(coefficient, 1e-12), 1e12) }
}

/// Moves the coefficient of the divergence between the old policy and the new so that the divergence
/// stays near a target: twice as high above 1.5 times the target, half as high below its 1.5th part.
///
/// Source: Schulman et al., *Proximal Policy Optimization Algorithms*, 2017, section 4,
/// <https://arxiv.org/abs/1707.06347>.
struct DivergenceController: Sendable, Hashable {
  /// The target of the mean divergence of an update, in nats.
  let target: Double

  /// The coefficient β that follows `coefficient` after an update with the mean divergence
  /// `divergence`.
  func coefficient(after coefficient: Double, divergence: Double) -> Double {
    let factor = divergence > 1.5 * target ? 2 : divergence < target / 1.5 ? 0.5 : 1
    return EntropyController.limited(coefficient * factor)
  }
}
