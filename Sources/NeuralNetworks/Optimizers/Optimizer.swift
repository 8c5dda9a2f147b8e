import Requirements
import TensorCore

/// A rule that changes parameters along a gradient.
///
/// An optimiser works on the flat parameter vector, knows nothing of networks, and holds its memory
/// in vectors of the same length. It is an object, since a copy would share that memory.
public protocol Optimizer: AnyObject {
  /// Takes one step.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, changed in place.
  ///   - gradient: The gradient of the loss, as long.
  ///   - gradientScale: What the gradient is multiplied by first, for clipping.
  ///   - learningRate: η for this step.
  ///   - pool: Threads that may share out the step, of whose tasks it must not be one; worth it where
  ///     several of them have computed the gradient. The numbers do not depend on it.
  func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, learningRate: Double,
    pool: WorkerPool?)

  /// The number of parameters.
  var count: Int { get }

  /// Numbers that the optimiser carries from step to step, for a checkpoint.
  var memory: [(name: String, buffer: Buffer)] { get }

  /// Counters that the optimiser carries from step to step, for a checkpoint.
  var counters: [String: Double] { get set }
}

extension Optimizer {
  /// Takes one step on one thread; see ``step(_:gradient:gradientScale:learningRate:pool:)``.
  public func step(
    _ parameters: Buffer, gradient: Buffer, gradientScale: Float, learningRate: Double
  ) {
    step(
      parameters, gradient: gradient, gradientScale: gradientScale, learningRate: learningRate,
      pool: nil)
  }

  /// Everything must be as long as the memory.
  func checkCounts(_ parameters: Buffer, _ gradient: Buffer) {
    require(
      parameters.count == count && gradient.count == count,
      """
      An optimiser of \(count) parameters was given \(parameters.count) parameters and a \
      gradient of \(gradient.count) numbers.
      """)
  }
}

/// How parameters are kept small.
public enum WeightDecay: Sendable, Codable, Hashable {
  /// Not at all.
  case none
  /// By the penalty `λ/2 · ‖θ‖²` in the loss, which adds `λ θ` to the gradient.
  case penalty(Double)
  /// By `θ ← (1 − η λ) θ` beside the gradient step.
  ///
  /// Source: Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019,
  /// <https://arxiv.org/abs/1711.05101>.
  case decoupled(Double)

  /// λ of the penalty, 0 for the others.
  var penaltyStrength: Float {
    if case .penalty(let strength) = self { Float(strength) } else { 0 }
  }

  /// `1 − η λ` of the decoupled form, 1 for the others.
  func shrinkage(learningRate: Double) -> Float {
    if case .decoupled(let strength) = self { Float(1 - learningRate * strength) } else { 1 }
  }
}
