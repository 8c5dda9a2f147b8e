import CKernels
import EnvironmentKit
import RandomStreams
import Requirements
import TensorCore

/// A Gaussian whose numbers are squashed into (−1, 1) by the hyperbolic tangent, `y = tanh u`, and
/// then scaled to the bounds of the action.
///
/// What is drawn, stored and learnt from is u; an environment gets y, scaled, at its boundary. The
/// density and the entropy are those of y; the scale, which is the same always, is left out of them.
public struct SquashedGaussian: ActionDistribution {
  /// The distribution of u.
  public let gaussian: DiagonalGaussian

  /// Squashes a Gaussian.
  public init(_ gaussian: DiagonalGaussian) { self.gaussian = gaussian }

  /// `a squashed Gaussian`.
  public var kind: String { "a squashed Gaussian" }

  /// The logarithm of the slope of the tangent, `log(1 − tanh² u) = 2 (log 2 − u − softplus(−2 u))`,
  /// in a form that neither overflows nor cancels.
  private static func logSlope(at u: Variable) -> Variable {
    (-u - softplus(u * -2) + 0.693_147_181) * 2
  }

  /// `log N(u) − Σ log(1 − tanh² u)` for u, `[rows, A]`.
  public func logProbability(of unsquashed: Variable) -> Variable {
    gaussian.logProbability(of: unsquashed) - sum(Self.logSlope(at: unsquashed), axis: -1)
  }

  // The trapezoidal rule at z = −5.2, −4.8, … 5.2 with weights proportional to the normal density.
  private static let points = (-13...13).map { 0.4 * Float($0) }
  private static let weights: [Float] = [
    2.144_414_26e-7, 1.584_519_72e-6, 9.976_989_06e-6, 5.353_209_32e-5, 2.447_607_85e-4,
    9.536_353_33e-4, 3.166_180_81e-3, 8.957_812_61e-3, 2.159_638_78e-2, 4.436_833_63e-2,
    7.767_442_62e-2, 1.158_766_27e-1, 1.473_080_64e-1, 1.595_769_21e-1, 1.473_080_64e-1,
    1.158_766_27e-1, 7.767_442_62e-2, 4.436_833_63e-2, 2.159_638_78e-2, 8.957_812_61e-3,
    3.166_180_81e-3, 9.536_353_33e-4, 2.447_607_85e-4, 5.353_209_32e-5, 9.976_989_06e-6,
    1.584_519_72e-6, 2.144_414_26e-7,
  ]

  /// `H(y) = H(u) + Σ E[log(1 − tanh² u)]`.
  ///
  /// There is no closed form of the expected value. Since the components are independent it is an
  /// integral in one dimension for each, taken here by the trapezoidal rule at 27 points: right to
  /// 2e-6 for deviations up to 1.6, to 1e-4 up to e and to 0.03 up to e². Unlike `−log π` of a stored
  /// action it has the right gradient, and unlike a fresh sample it needs no random numbers.
  ///
  /// Source of the rule: Trefethen and Weideman, *The Exponentially Convergent Trapezoidal Rule*,
  /// SIAM Review 56(3), 2014, <https://doi.org/10.1137/130932132>.
  public func entropy() -> Variable {
    let mean = gaussian.mean
    let tape = mean.tape
    let (rows, count) = (mean.shape[0], mean.shape[1])
    let points = tape.constant(Tensor(shape: Shape(Self.points.count), Self.points))
    let weights = tape.constant(Tensor(shape: Shape(Self.weights.count), Self.weights))
    let deviation = exp(gaussian.logStandardDeviation)
    let u =
      reshape(mean, [rows, count, 1])
      + reshape(deviation, Shape(deviation.shape.list + [1])) * points
    return gaussian.entropy() + sum(sum(Self.logSlope(at: u) * weights, axis: -1), axis: -1)
  }

  /// Writes μ, which becomes the median of y, as is usual, and not where its density is highest.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) { gaussian.writeMode(to: actions) }

  /// Draws u.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream
  ) {
    gaussian.sample(to: actions, noise: noise, stream: stream)
  }

  /// Writes y, scaled from (−1, 1), where the hyperbolic tangent lies, to the bounds of the box.
  public func writeBounded(
    _ actions: UnsafePointer<Float>, rows: Int, in space: ActionSpace,
    to bounded: UnsafeMutablePointer<Float>
  ) {
    guard case .box(let box) = space else { stop("Only real numbers are squashed.") }
    let count = rows * box.count
    ck_run_unary(ck_tanh, bounded, actions, count, 0, 0)
    for at in 0..<count {
      bounded[at] = box.number(at: 0.5 * (bounded[at] + 1), of: at % box.count)
    }
  }

  /// Finds a mean or a deviation that is not finite.
  public func firstNotFinite() -> (row: Int, number: Float)? { gaussian.firstNotFinite() }

  /// Expects one mean for each component of a box.
  public func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {
    guard case .box(let box) = space else { throw mismatch(with: space) }
    try gaussian.mean.check("PolicyOutput.policy, \(kind),", is: Shape(rows, box.count))
  }
}
