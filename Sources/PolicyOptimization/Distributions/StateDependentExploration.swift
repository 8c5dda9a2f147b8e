import TensorCore

/// Noise that is a function of the state: `Θᵀ φ(s)`, with a matrix Θ that is kept for several
/// steps.
///
/// The entries of Θ are independent and normal, with a deviation of each one's own, so the noise is
/// normal with the variance `Σ σ² φ(s)²`, while an environment sees a smooth function of the state
/// for as long as Θ is kept. The features φ are the outputs of the policy's last hidden layer; no
/// gradient of the noise reaches them. Deviations are `exp` of the parameters.
///
/// Source: Raffin et al., *Smooth Exploration for Robotic Reinforcement Learning*, CoRL 2021,
/// <https://arxiv.org/abs/2005.05719>, known as gSDE, as Stable-Baselines3 has it with
/// `use_expln=False`, `learn_features=False` and `full_std=True`.
public struct StateDependentExploration {
  /// φ, a constant, `[rows, K]`.
  let features: Variable
  /// The logarithms of the deviations of Θ, `[K, A]`.
  let logDeviations: Variable

  init(features: Variable, logDeviations: Variable, on tape: Tape) {
    self.features = tape.constant(features.memory, shape: features.shape)
    self.logDeviations = logDeviations
  }

  /// The logarithm of the noise's deviation, `½ log(Σ σ² φ² + 1e-6)`, `[rows, A]`.
  func logStandardDeviation() -> Variable {
    log(matmul(square(features), exp(logDeviations * 2)) + 1e-6) * 0.5
  }

  /// Adds the noise of each row's own matrix to the means.
  ///
  /// - Parameters:
  ///   - noise: Standard normal numbers, which are the matrices before they get their deviations,
  ///     `[rows, K, A]`.
  ///   - means: μ, `[rows, A]`.
  ///   - actions: Receives the sums, `[rows, A]`.
  func addNoise(
    _ noise: UnsafePointer<Float>, to means: Variable, writing actions: UnsafeMutablePointer<Float>
  ) {
    let (rows, width, count) = (features.shape[0], features.shape[1], means.shape[1])
    let deviations = exp(logDeviations).memory
    for row in 0..<rows {
      let (features, noise) = (features.memory + row * width, noise + row * width * count)
      for component in 0..<count {
        var sum: Float = 0
        for feature in 0..<width {
          let at = feature * count + component
          sum += features[feature] * (deviations[at] * noise[at])
        }
        actions[row * count + component] = means.memory[row * count + component] + sum
      }
    }
  }
}

/// How many random numbers a policy keeps for each environment, and for how long.
public struct ExplorationSchedule: Sendable, Hashable {
  /// The number of standard normal numbers.
  public let numbersPerEnvironment: Int
  /// Steps between draws; `nil` for one draw a rollout, and one in an evaluation.
  public let stepsBetweenDraws: Int?

  /// Names the numbers.
  public init(numbersPerEnvironment: Int, stepsBetweenDraws: Int?) {
    self.numbersPerEnvironment = numbersPerEnvironment
    self.stepsBetweenDraws = stepsBetweenDraws
  }
}
