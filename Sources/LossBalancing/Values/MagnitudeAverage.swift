/// Which mean a ``MagnitudeAverage`` takes.
public protocol MagnitudeMean: Sendable {
  /// The name, summary and source of the balancer.
  static var description: BalancerDescription { get }

  /// Whether the mean is that of the logarithms.
  static var isGeometric: Bool { get }
}

/// The mean of the magnitudes; see ``AverageMagnitude``.
public enum ArithmeticMean: MagnitudeMean {
  /// Listed as `ema-magnitude`.
  public static let description = BalancerDescription(
    name: "ema-magnitude",
    summary: "each term divided by a running average of its magnitude",
    source: "this project")

  /// The magnitudes themselves are averaged.
  public static var isGeometric: Bool { false }
}

/// The exponential of the mean of the logarithms; see ``AverageLogMagnitude``.
public enum GeometricMean: MagnitudeMean {
  /// Listed as `log-ema-magnitude`.
  public static let description = BalancerDescription(
    name: "log-ema-magnitude",
    summary: "each term divided by a running geometric average of its magnitude",
    source: "this project")

  /// The logarithms are averaged.
  public static var isGeometric: Bool { true }
}

/// Divides each term by a running average of its magnitude.
///
///     wᵢ = γᵢ / EMA(mᵢ)
///
/// It follows a loss that explodes at once, and one that drops after some `1 / (1 − β)` minibatches:
/// with `β = 0.99`, a drop by 1e6 is followed to within a factor of two after 1375. Where losses
/// shrink by orders of magnitude, ``AverageLogMagnitude`` is faster.
///
/// Source: ours; the debiased average is that of Adam, <https://arxiv.org/abs/1412.6980>.
public typealias AverageMagnitude = MagnitudeAverage<ArithmeticMean>

/// Divides each term by a running geometric average of its magnitude.
///
///     wᵢ = γᵢ exp(−EMA(log mᵢ))
///
/// It follows a rise and a drop equally fast: with `β = 0.99`, a factor of 1e6 is followed to
/// within a factor of two after 298 minibatches. A loss that explodes is therefore felt for longer
/// than with ``AverageMagnitude``.
///
/// A geometric average of numbers of which some are nearly 0 is nearly 0, whatever the others are.
/// Three rules keep a few such magnitudes from deciding the weight:
///
/// - A magnitude of exactly 0 is not averaged.
/// - A magnitude of less than 1e-5 of the average is averaged only if ten in a row are, and then all.
/// - If one of the first ten is more than 1e5 times the average so far, the average restarts with it.
///
/// Source: ours.
public typealias AverageLogMagnitude = MagnitudeAverage<GeometricMean>

/// Divides each term by a running mean of its magnitude: ``AverageMagnitude`` and
/// ``AverageLogMagnitude``.
public struct MagnitudeAverage<Mean: MagnitudeMean>: RegisteredBalancer, Hashable {
  /// The name, summary and source of the mean.
  public static var description: BalancerDescription { Mean.description }

  /// The terms of the loss.
  public var terms: [LossTerm]

  private var averages: DebiasedAverage
  private var scales: TermScales

  /// How many small magnitudes of each term followed each other; of a geometric mean only. Not in
  /// the states of version 0.9.
  private var smallRuns: [Int]?

  /// The magnitudes.
  public var requiredInformation: RequiredInformation { .magnitudes }

  /// Divides terms by a mean of their magnitude.
  ///
  /// - Parameters:
  ///   - terms: The terms of the loss.
  ///   - decay: How much less the past counts with each minibatch, `β`, in `0..<1`.
  ///   - relativeFloor: The smallest divisor, or magnitude that is averaged, as a fraction of the
  ///     largest, in `0..<1`.
  /// - Throws: ``BalancerError`` for an option out of its range.
  public init(
    terms: [LossTerm], decay: Double = 0.99, relativeFloor: Double = 1e-8
  ) throws(BalancerError) {
    self.terms = terms
    averages = DebiasedAverage(count: terms.count, decay: decay)
    scales = TermScales(terms: terms, relativeFloor: relativeFloor)
    try validate()
  }

  /// Divides terms by a mean of their magnitude, with the default of each option.
  public init(terms: [LossTerm]) throws(BalancerError) {
    try self.init(terms: terms, decay: 0.99)
  }

  /// Refuses options out of their ranges and a state of another size.
  public func validate() throws(BalancerError) {
    try averages.validate(for: self)
    try scales.validate(for: self)
    if let smallRuns { try requireState(smallRuns.map(Double.init), "runs") }
  }

  /// Updates the averages and divides the priorities by them.
  public mutating func chooseWeights(
    _ weights: inout [Double],
    from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices {
      let magnitude = measurement.magnitudes[index]
      weights[index] =
        if !terms[index].takesPart {
          0
        } else if Mean.isGeometric {
          terms[index].priority * exponential(-geometricMean(with: magnitude, at: index))
        } else {
          terms[index].priority / arithmeticMean(with: magnitude, at: index)
        }
    }
  }

  /// Whether the floor and not the average was divided by, or the magnitude was not averaged.
  public func isClamped(at index: Int) -> Bool {
    terms[index].takesPart && (scales.isFloored(at: index) || (smallRuns?[index] ?? 0) > 0)
  }

  private mutating func arithmeticMean(with magnitude: Double, at index: Int) -> Double {
    averages.add(magnitude, at: index)
    scales[index] = averages[index]
    return scales.divisor(at: index)
  }

  /// The mean of the logarithms.
  private mutating func geometricMean(with magnitude: Double, at index: Int) -> Double {
    scales[index] = magnitude
    if scales.isKnown(at: index) && magnitude > 0 {
      average(naturalLogarithm(scales.divisor(at: index)), at: index)
    }
    return averages[index]
  }

  /// Adds a logarithm to its average, unless it is too small for one that stands alone.
  private mutating func average(_ logarithm: Double, at index: Int) {
    let distance = averages.isEmpty(at: index) ? 0 : logarithm - averages[index]
    if distance > logarithmOfJump && averages.mass(at: index) < 9.5 { averages.restart(at: index) }
    var runs = smallRuns ?? Array(repeating: 0, count: terms.count)
    runs[index] = distance < -logarithmOfJump ? runs[index] + 1 : 0
    smallRuns = runs
    let repeats = runs[index] == 10 ? 10 : (1..<10).contains(runs[index]) ? 0 : 1
    for _ in 0..<repeats { averages.add(logarithm, at: index) }
  }
}

/// The logarithm of 1e5, a factor between two magnitudes of a term that noise does not make.
private let logarithmOfJump = 11.512_925_464_970_229
