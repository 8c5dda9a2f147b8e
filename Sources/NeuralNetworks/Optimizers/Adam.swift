import CKernels
import TensorCore

/// Steps along the running mean of the gradient, divided by the root of the running mean of its
/// square.
///
///     m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
///     θ ← θ − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// ε stands outside the root. With ``WeightDecay/decoupled(_:)`` this is AdamW.
///
/// Source: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015,
/// <https://arxiv.org/abs/1412.6980>.
public final class Adam: Optimizer {
  /// β₁, from 0 to below 1.
  public let firstDecay: Double
  /// β₂, from 0 to below 1.
  public let secondDecay: Double
  /// ε; 1e-5 is customary in PPO.
  public let epsilon: Double
  /// How parameters are kept small.
  public let weightDecay: WeightDecay

  private let moments: Moments
  // β₁ᵗ and β₂ᵗ
  private var firstPower = 1.0
  private var secondPower = 1.0

  /// An optimiser of `count` parameters.
  public init(
    count: Int, firstDecay: Double = 0.9, secondDecay: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: WeightDecay = .none
  ) {
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    moments = Moments(count: count)
  }

  /// Takes one step; see ``Optimizer/step(_:gradient:gradientScale:learningRate:pool:)``.
  public func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, learningRate: Double,
    pool: WorkerPool?
  ) {
    checkCounts(parameters, gradient)
    firstPower *= firstDecay
    secondPower *= secondDecay
    let rule = ck_adaptive(
      keep_first: Float(firstDecay), add_first: Float(1 - firstDecay),
      keep_second: Float(secondDecay), add_second: Float(1 - secondDecay),
      momentum_rate: Float(learningRate / (1 - firstPower)), gradient_rate: 0,
      second_correction: Float(1 / (1 - secondPower)), epsilon: Float(epsilon),
      gradient_decay: weightDecay.penaltyStrength,
      parameter_scale: weightDecay.shrinkage(learningRate: learningRate))
    moments.step(parameters, gradient: gradient, gradientScale: gradientScale, by: rule, on: pool)
  }

  /// The number of parameters.
  public var count: Int { moments.first.count }

  /// What is carried from step to step, for a checkpoint.
  public var memory: [(name: String, buffer: Buffer)] {
    [("first", moments.first), ("second", moments.second)]
  }

  /// What else is carried from step to step, for a checkpoint.
  public var counters: [String: Double] {
    get { ["firstPower": firstPower, "secondPower": secondPower] }
    set {
      firstPower = newValue["firstPower"] ?? firstPower
      secondPower = newValue["secondPower"] ?? secondPower
    }
  }
}
