import CKernels
import TensorCore

/// Adam that looks ahead along its momentum, known as NAdam.
///
///     μₜ = β₁ (1 − ½ · 0.96^(ψ t))
///     θ ← θ − η · (μₜ₊₁ m / (1 − Π μ up to t + 1) + (1 − μₜ) g / (1 − Π μ up to t)) / (√v̂ + ε)
///
/// Source: Dozat, *Incorporating Nesterov Momentum into Adam*, ICLR workshop 2016; with the
/// momentum schedule ψ as in PyTorch.
public final class NesterovAdam: Optimizer {
  /// β₁, from 0 to below 1.
  public let firstDecay: Double
  /// β₂, from 0 to below 1.
  public let secondDecay: Double
  /// ε, outside the root.
  public let epsilon: Double
  /// ψ, how quickly the momentum rises to β₁.
  public let momentumDecay: Double
  /// How parameters are kept small.
  public let weightDecay: WeightDecay

  private let moments: Moments
  private var secondPower = 1.0
  private var momentumProduct = 1.0
  private var steps = 0.0

  /// An optimiser of `count` parameters.
  public init(
    count: Int, firstDecay: Double = 0.9, secondDecay: Double = 0.999, epsilon: Double = 1e-8,
    momentumDecay: Double = 0.004, weightDecay: WeightDecay = .none
  ) {
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.weightDecay = weightDecay
    moments = Moments(count: count)
  }

  /// Takes one step; see ``Optimizer/step(_:gradient:gradientScale:learningRate:pool:)``.
  public func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, learningRate: Double,
    pool: WorkerPool?
  ) {
    checkCounts(parameters, gradient)
    steps += 1
    secondPower *= secondDecay
    let (now, next) = (momentum(at: steps), momentum(at: steps + 1))
    momentumProduct *= now
    let rule = ck_adaptive(
      keep_first: Float(firstDecay), add_first: Float(1 - firstDecay),
      keep_second: Float(secondDecay), add_second: Float(1 - secondDecay),
      momentum_rate: Float(learningRate * next / (1 - momentumProduct * next)),
      gradient_rate: Float(learningRate * (1 - now) / (1 - momentumProduct)),
      second_correction: Float(1 / (1 - secondPower)), epsilon: Float(epsilon),
      gradient_decay: weightDecay.penaltyStrength,
      parameter_scale: weightDecay.shrinkage(learningRate: learningRate))
    moments.step(parameters, gradient: gradient, gradientScale: gradientScale, by: rule, on: pool)
  }

  /// μₜ; the power is `exp(ψ t log 0.96)`.
  private func momentum(at step: Double) -> Double {
    firstDecay * (1 - 0.5 * ck_exp_f64(momentumDecay * step * ck_log_f64(0.96)))
  }

  /// The number of parameters.
  public var count: Int { moments.first.count }

  /// What is carried from step to step, for a checkpoint.
  public var memory: [(name: String, buffer: Buffer)] {
    [("first", moments.first), ("second", moments.second)]
  }

  /// What else is carried from step to step, for a checkpoint.
  public var counters: [String: Double] {
    get {
      ["steps": steps, "secondPower": secondPower, "momentumProduct": momentumProduct]
    }
    set {
      steps = newValue["steps"] ?? steps
      secondPower = newValue["secondPower"] ?? secondPower
      momentumProduct = newValue["momentumProduct"] ?? momentumProduct
    }
  }
}
