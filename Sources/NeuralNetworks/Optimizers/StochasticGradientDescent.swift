import CKernels
import TensorCore

/// Steps against the gradient, with momentum if wanted.
///
///     b ← μ b + g        θ ← θ − η b,   or with Nesterov's form   θ ← θ − η (g + μ b)
///
/// Source: Sutskever et al., *On the importance of initialization and momentum in deep learning*,
/// ICML 2013, in the form that PyTorch gives it (the learning rate outside the momentum).
public final class StochasticGradientDescent: Optimizer {
  /// μ, from 0 to below 1.
  public let momentum: Double
  /// Whether to look ahead along the momentum.
  public let isNesterov: Bool
  /// How parameters are kept small.
  public let weightDecay: WeightDecay

  private let velocity: Buffer

  /// An optimiser of `count` parameters.
  public init(
    count: Int, momentum: Double = 0, isNesterov: Bool = false, weightDecay: WeightDecay = .none
  ) {
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
    velocity = Buffer(count: count)
  }

  /// Takes one step; see ``Optimizer/step(_:gradient:gradientScale:learningRate:pool:)``.
  public func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, learningRate: Double,
    pool: WorkerPool?
  ) {
    checkCounts(parameters, gradient)
    let shrinkage = weightDecay.shrinkage(learningRate: learningRate)
    if shrinkage != 1 {
      ck_run_scale(parameters.pointer, parameters.pointer, shrinkage, parameters.count)
    }
    ck_run_momentum_step(
      parameters.pointer, gradient.pointer, gradientScale, velocity.pointer, parameters.count,
      Float(learningRate), Float(momentum), isNesterov, weightDecay.penaltyStrength)
  }

  /// The number of parameters.
  public var count: Int { velocity.count }

  /// What is carried from step to step, for a checkpoint.
  public var memory: [(name: String, buffer: Buffer)] { [("velocity", velocity)] }

  /// What else is carried from step to step, for a checkpoint.
  public var counters: [String: Double] {
    get { [:] }
    set { _ = newValue }
  }
}
