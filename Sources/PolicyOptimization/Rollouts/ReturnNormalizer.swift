import EnvironmentKit
import Requirements
import TensorCore

/// Divides rewards by the deviation of the discounted return, so that values are of order 1
/// whatever the rewards are.
///
/// For each environment `G ← γ G + r` runs along, starting at 0 with every episode; rewards are
/// divided by the deviation of all G so far and clipped to ±10. Nothing is subtracted.
///
/// A trainer with `Hyperparameters.normalizesReturns` does this by itself and stores it in
/// checkpoints. What episodes are reported to earn stays as it is. It is a value that can be used
/// alone, too, on a ``Rollout`` that your program fills:
///
///     var normalizer = ReturnNormalizer(environments: 8, discount: 0.99)
///     try normalizer.apply(to: rollout)
///
/// Source: Engstrom et al., *Implementation Matters in Deep Policy Gradients*, ICLR 2020,
/// <https://arxiv.org/abs/2005.12729>. Unlike Stable-Baselines3 all rewards of a rollout are divided by
/// the same number, the deviation at its end.
public struct ReturnNormalizer: Sendable, Codable, Hashable {
  private var moments = RunningMoments(count: 1)
  private var running: [Float]
  private let discount: Float

  private static let bound: Float = 10

  /// A normaliser for N environments.
  public init(environments: Int, discount: Double) {
    running = Array(repeating: 0, count: environments)
    self.discount = Float(discount)
  }

  /// Whether it is one of N environments with that discount and holds nothing but numbers; what was
  /// read from a file may not.
  func isUsable(for environments: Int, discount: Double) -> Bool {
    running.count == environments && running.allSatisfy(\.isFinite) && moments.isUsable(for: 1)
      && self.discount == Float(discount)
  }

  /// What rewards are divided by.
  public var deviation: Float { Float((moments.variance(of: 0) + 1e-8).squareRoot()) }

  /// Normalises the rewards of a rollout in place, taking them into account first.
  ///
  /// - Parameters:
  ///   - rollout: A rollout of as many environments as the normaliser was made for.
  ///   - timestep: How many steps all environments together had taken before the rollout.
  /// - Throws: ``TrainingError`` if a discounted return is beyond single precision; the normaliser must
  ///   not be used then.
  /// - Precondition: The numbers of environments are the same.
  public mutating func apply(
    to rollout: Rollout, after timestep: Int = 0
  ) throws(TrainingError) {
    require(
      rollout.environmentCount == running.count,
      "The rollout is of \(rollout.environmentCount) environments, the normaliser was made for "
        + "\(running.count).")
    for step in 0..<rollout.stepCount {
      let first = step * rollout.environmentCount
      for environment in 0..<rollout.environmentCount {
        let reward = rollout.rewards.pointer[first + environment]
        running[environment] = discount * running[environment] + reward
      }
      running.withUnsafeBufferPointer { returns in
        guard let start = returns.baseAddress else { return }
        moments.add(start, rows: returns.count)
      }
      if !moments.means[0].isFinite { throw overflow(after: timestep + first) }
      for environment in 0..<rollout.environmentCount
      where rollout.endings[first + environment] != .none {
        running[environment] = 0
      }
    }
    let scale = 1 / deviation
    for row in 0..<rollout.rowCount {
      let reward = rollout.rewards.pointer[row] * scale
      rollout.rewards.pointer[row] = min(max(reward, -Self.bound), Self.bound)
    }
  }

  private func overflow(after timestep: Int) -> TrainingError {
    let environment = running.firstIndex { !$0.isFinite } ?? 0
    return TrainingError(
      "discounted return", running[environment],
      at: .advantage(environment: environment, timestep: timestep))
  }
}
