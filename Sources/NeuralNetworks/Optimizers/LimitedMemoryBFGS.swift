import CKernels
import Requirements
import TensorCore

/// Steps along an estimate of Newton's direction that is made of the last few steps: L-BFGS.
///
///     s = θ' − θ,  y = g' − g            for each of the last m steps
///     d = −H g,  θ ← θ + t d             H the inverse curvature that these pairs stand for
///
/// Unlike an ``Optimizer`` it has to look at the objective several times a step, so it is given a
/// function and not a gradient. It is meant for objectives without noise: all data at once, or the
/// pixels of a picture.
///
/// One call of ``step(_:learningRate:_:)`` is up to ``iterationsPerStep`` iterations, as in PyTorch,
/// whose defaults these are. With ``LineSearch/fixed`` the step is the learning rate, with
/// ``LineSearch/strongWolfe`` it is searched.
///
/// A constant factor on the objective changes nothing but where the tolerances, which are absolute,
/// end the search, and the length of the first step of all. A factor that changes between two steps,
/// as a balancer's weight does, makes the stored pairs those of another function: tell
/// ``rescaleCurvature(by:)``.
///
/// Source: Liu and Nocedal, *On the limited memory BFGS method for large scale optimization*,
/// Mathematical Programming 45, 1989, <https://doi.org/10.1007/BF01589116>; first step, tolerances
/// and the test of a pair as in PyTorch's `LBFGS`.
public final class LimitedMemoryBFGS {
  /// How long a step is.
  public enum LineSearch: String, Sendable, Codable, CaseIterable {
    /// As long as the learning rate says.
    case fixed
    /// So long that the value has fallen and the slope is flat enough.
    case strongWolfe
  }

  /// Why a step has ended.
  public enum Ending: String, Sendable, Codable, CaseIterable {
    /// All iterations have been made.
    case iterations
    /// All evaluations have been made.
    case evaluations
    /// No number of the gradient is above the tolerance.
    case flatGradient
    /// Value or parameters changed by less than the tolerance.
    case smallChange
    /// The objective does not fall along the direction by more than the tolerance.
    case flatDirection
    /// The objective was not finite; the parameters are those before that iteration.
    case notFinite
  }

  /// What a step did.
  public struct Outcome: Sendable, Hashable {
    /// The objective before the step.
    public var value: Double
    /// How many iterations were begun.
    public var iterations = 0
    /// How often the objective was evaluated.
    public var evaluations = 1
    /// Why the step ended.
    public var ending = Ending.iterations
  }

  /// The objective: reads the parameters, writes its gradient and returns its value.
  public typealias Objective = (_ gradient: Buffer) -> Double

  /// The most iterations of a step, positive.
  public let iterationsPerStep: Int
  /// After how many evaluations no further iteration is begun, positive.
  public let evaluationsPerStep: Int
  /// A gradient none of whose numbers is larger is none; at least 0.
  public let gradientTolerance: Double
  /// A smaller change of the value or of every parameter ends a step; at least 0.
  public let changeTolerance: Double
  /// A pair with a smaller `sᵀy` is not kept; at least 0.
  public let curvatureTolerance: Double
  /// How long a step is.
  public let lineSearch: LineSearch

  private var pairs: CurvaturePairs
  private let direction: Buffer
  private let gradient: Buffer
  private let previousGradient: Buffer
  private let start: Buffer
  private var stepLength = 0.0
  private var iterations = 0.0

  /// An optimiser of `count` parameters, which keeps 2 · `historySize` + 4 vectors of that length.
  ///
  /// - Parameters:
  ///   - count: The number of parameters.
  ///   - historySize: How many pairs are kept, `m`, positive.
  ///   - iterationsPerStep: The most iterations of a step, positive.
  ///   - evaluationsPerStep: After how many evaluations no further iteration is begun, positive; by
  ///     default five quarters of the iterations.
  ///   - gradientTolerance: A gradient none of whose numbers is larger is none.
  ///   - changeTolerance: A smaller change of the value or of every parameter ends a step.
  ///   - curvatureTolerance: A pair with a smaller `sᵀy` is not kept.
  ///   - lineSearch: How long a step is.
  public init(
    count: Int, historySize: Int = 100, iterationsPerStep: Int = 20,
    evaluationsPerStep: Int? = nil, gradientTolerance: Double = 1e-7,
    changeTolerance: Double = 1e-9, curvatureTolerance: Double = 1e-10,
    lineSearch: LineSearch = .fixed
  ) {
    require(
      historySize > 0 && iterationsPerStep > 0 && evaluationsPerStep ?? 1 > 0,
      """
      L-BFGS needs room for a pair, an iteration and an evaluation; it was given \(historySize), \
      \(iterationsPerStep) and \(evaluationsPerStep ?? 1).
      """)
    self.iterationsPerStep = iterationsPerStep
    self.evaluationsPerStep = evaluationsPerStep ?? iterationsPerStep * 5 / 4
    self.gradientTolerance = gradientTolerance
    self.changeTolerance = changeTolerance
    self.curvatureTolerance = curvatureTolerance
    self.lineSearch = lineSearch
    pairs = CurvaturePairs(capacity: historySize, width: count)
    direction = Buffer(count: count)
    gradient = Buffer(count: count)
    previousGradient = Buffer(count: count)
    start = Buffer(count: count)
  }

  /// Takes a step of several iterations.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, changed in place, also while the objective is evaluated.
  ///   - learningRate: η: the length of a step, or the first one that the line search tries.
  ///   - objective: Reads the parameters, writes its gradient and returns its value.
  /// - Returns: The value before the step, and how the step went.
  /// - Precondition: There are as many parameters as the optimiser was made for.
  @discardableResult
  public func step(
    _ parameters: Buffer, learningRate: Double = 1, _ objective: Objective
  ) -> Outcome {
    require(
      parameters.count == count,
      "L-BFGS for \(count) parameters was given \(parameters.count).")
    var value = objective(gradient)
    var outcome = Outcome(value: value)
    if !isFinite(value) { return outcome.ended(.notFinite) }
    if gradient.largest <= gradientTolerance { return outcome.ended(.flatGradient) }
    while outcome.iterations < iterationsPerStep {
      outcome.iterations += 1
      turn()
      let slope = product(gradient, direction)
      if slope > -changeTolerance { return outcome.ended(.flatDirection) }
      start.assign(from: parameters)
      let before = value
      let isLast = lineSearch == .fixed && outcome.iterations == iterationsPerStep
      value = move(parameters, from: (value, slope), learningRate, isLast, &outcome, objective)
      if !isFinite(value) {
        parameters.assign(from: start)
        forget()
        return outcome.ended(.notFinite)
      }
      if let ending = ending(of: outcome, change: value - before) { return outcome.ended(ending) }
    }
    return outcome
  }

  /// Says that the objective will from now on be `factor` times what it was.
  ///
  /// The gradients that the stored pairs were made of are then `factor` times as large, so the
  /// pairs fit the new objective exactly. Without this, the difference between an old and a new
  /// gradient would be taken for curvature.
  ///
  /// - Precondition: `factor` is positive and finite.
  public func rescaleCurvature(by factor: Double) {
    require(
      factor > 0 && factor.isFinite,
      "Curvature cannot be rescaled by \(factor); the factor must be positive and finite.")
    pairs.rescale(by: factor)
    ck_run_scale(previousGradient.pointer, previousGradient.pointer, Float(factor), count)
  }

  /// The number of parameters.
  public var count: Int { direction.count }

  /// The number of pairs that are stored.
  public var pairCount: Int { pairs.count }

  /// What is carried from step to step, for a checkpoint.
  public var memory: [(name: String, buffer: Buffer)] {
    [
      ("changes", pairs.changes), ("differences", pairs.differences), ("direction", direction),
      ("gradient", previousGradient),
    ]
  }

  /// What else is carried from step to step, for a checkpoint.
  public var counters: [String: Double] {
    get {
      [
        "iterations": iterations, "stepLength": stepLength, "pairs": Double(pairs.count),
        "oldestPair": Double(pairs.oldest),
      ]
    }
    set {
      iterations = newValue["iterations"] ?? iterations
      stepLength = newValue["stepLength"] ?? stepLength
      pairs.restore(
        count: newValue["pairs"].map { Int($0) } ?? pairs.count,
        oldest: newValue["oldestPair"].map { Int($0) } ?? pairs.oldest)
    }
  }
}

// MARK: One iteration

extension LimitedMemoryBFGS {
  /// Learns from the last change and points the direction downhill.
  private func turn() {
    if iterations > 0 {
      // In the memory of the old gradient, which is not needed afterwards.
      let difference = previousGradient
      ck_run_scale(difference.pointer, difference.pointer, -1, count)
      ck_run_add_scaled(difference.pointer, gradient.pointer, 1, count)
      pairs.add(
        change: direction, times: stepLength, difference: difference, above: curvatureTolerance)
    }
    iterations += 1
    previousGradient.assign(from: gradient)
    ck_run_scale(direction.pointer, gradient.pointer, -1, count)
    pairs.multiplyWithInverse(direction)
  }

  /// Goes along the direction; returns the value there, or where it ends the value before.
  private func move(
    _ parameters: Buffer, from point: (value: Double, slope: Double), _ learningRate: Double,
    _ isLast: Bool, _ outcome: inout Outcome, _ objective: Objective
  ) -> Double {
    let trial = iterations == 1 ? min(1, 1 / gradient.sumOfMagnitudes) * learningRate : learningRate
    if lineSearch == .fixed {
      stepLength = trial
      place(parameters, at: trial)
      // PyTorch leaves out the last evaluation, which the next step begins with.
      if isLast { return point.value }
      outcome.evaluations += 1
      return objective(gradient)
    }
    var search = WolfeSearch(
      start: .init(step: 0, value: point.value, slope: point.slope),
      smallestBracket: changeTolerance / direction.largest)
    let end = search.run(first: trial) { step in
      place(parameters, at: step)
      outcome.evaluations += 1
      let value = objective(gradient)
      return .init(step: step, value: value, slope: product(gradient, direction))
    }
    stepLength = end.step
    return end.value
  }

  /// Sets the parameters to `start + step · direction`.
  private func place(_ parameters: Buffer, at step: Double) {
    parameters.assign(from: start)
    ck_run_add_scaled(parameters.pointer, direction.pointer, Float(step), count)
  }

  private func ending(of outcome: Outcome, change: Double) -> Ending? {
    if outcome.iterations == iterationsPerStep { return .iterations }
    if outcome.evaluations >= evaluationsPerStep { return .evaluations }
    if gradient.largest <= gradientTolerance { return .flatGradient }
    let isSmall = stepLength * direction.largest <= changeTolerance || abs(change) < changeTolerance
    return isSmall ? .smallChange : nil
  }

  /// Forgets the pairs, which led to a point where the objective is not finite.
  private func forget() {
    iterations = 0
    pairs.restore(count: 0, oldest: 0)
  }

  private func isFinite(_ value: Double) -> Bool {
    value.isFinite && gradient.sumOfMagnitudes.isFinite
  }

  private func product(_ x: Buffer, _ y: Buffer) -> Double {
    Sums.product(x.pointer, y.pointer, count: count)
  }
}

extension LimitedMemoryBFGS.Outcome {
  fileprivate func ended(_ ending: LimitedMemoryBFGS.Ending) -> Self {
    var outcome = self
    outcome.ending = ending
    return outcome
  }
}

extension Buffer {
  /// The largest absolute value.
  fileprivate var largest: Double { Double(elements.reduce(0) { max($0, abs($1)) }) }

  /// `Σ |x|`.
  fileprivate var sumOfMagnitudes: Double { elements.reduce(0) { $0 + Double(abs($1)) } }
}
