import CKernels
import TensorCore

/// Divides the gradient by the root of the running mean of its square, known as RMSProp.
///
///     v ← α v + (1 − α) g²        θ ← θ − η g / (√v + ε)
///
/// Source: Tieleman and Hinton, *Lecture 6.5*, COURSERA Neural Networks for Machine Learning, 2012.
public final class RootMeanSquarePropagation: Optimizer {
  /// α, from 0 to below 1.
  public let decay: Double
  /// ε, outside the root.
  public let epsilon: Double
  /// How parameters are kept small.
  public let weightDecay: WeightDecay

  // The kernel keeps a first moment, too; with β₁ = 0 it is the gradient and not used.
  private let moments: Moments

  /// An optimiser of `count` parameters.
  public init(
    count: Int, decay: Double = 0.99, epsilon: Double = 1e-8, weightDecay: WeightDecay = .none
  ) {
    self.decay = decay
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
    let rule = ck_adaptive(
      keep_first: 0, add_first: 1, keep_second: Float(decay), add_second: Float(1 - decay),
      momentum_rate: 0,
      gradient_rate: Float(learningRate), second_correction: 1, epsilon: Float(epsilon),
      gradient_decay: weightDecay.penaltyStrength,
      parameter_scale: weightDecay.shrinkage(learningRate: learningRate))
    moments.step(parameters, gradient: gradient, gradientScale: gradientScale, by: rule, on: pool)
  }

  /// The number of parameters.
  public var count: Int { moments.first.count }

  /// What is carried from step to step, for a checkpoint.
  public var memory: [(name: String, buffer: Buffer)] { [("second", moments.second)] }

  /// What else is carried from step to step, for a checkpoint.
  public var counters: [String: Double] {
    get { [:] }
    set { _ = newValue }
  }
}
