/// A balancer with what a training loop keeps for it: the last weights, the measurement and the
/// random numbers. One call does a whole step, whatever the balancer requires.
///
/// ```swift
/// var balancer = TrainingBalancer(try GradNorm(terms: terms), seed: 1)
/// var update: [Float] = []
/// for batch in batches {
///   let losses = network.losses(of: batch)
///   try balancer.step(values: losses, gradients: network.gradients(of: losses), into: &update)
///   optimizer.step(along: update)
///   try balancer.remeasure { network.losses(of: batch) }
/// }
/// ```
///
/// A balancer that compares gradients compares those that it is given, whatever its ``GradientSite``
/// says: with respect to all parameters, or to what all terms share.
///
/// Its `Codable` state is all that a checkpoint needs; the random numbers of a step follow from seed
/// and step.
public struct TrainingBalancer: Sendable {
  private var stored: StoredBalancer

  /// The weights of the last step, `λ`, shape `[K]`; zeros before the first.
  public private(set) var weights: [Double]

  /// How many steps were taken.
  public private(set) var stepCount = 0

  /// What the random numbers of all steps follow from.
  public let seed: UInt64

  /// What the last step did; its counts are since this value was made or read.
  public private(set) var report: BalanceReport

  /// Keeps what a training loop needs for `balancer`.
  public init(_ balancer: any LossBalancer, seed: UInt64 = 0) {
    stored = StoredBalancer(balancer)
    weights = Array(repeating: 0, count: balancer.terms.count)
    report = BalanceReport(terms: balancer.terms)
    self.seed = seed
  }

  /// The balancer.
  public var balancer: any LossBalancer { stored.balancer }

  /// The terms, whose priorities may be changed between steps.
  public var terms: [LossTerm] {
    get { stored.balancer.terms }
    set { stored.balancer.terms = newValue }
  }

  /// Begins an update phase: a new rollout, or an epoch of supervised learning.
  public mutating func beginPhase() { stored.balancer.beginPhase() }

  /// Chooses the weights of a minibatch and writes the update of the parameters.
  ///
  /// - Parameters:
  ///   - values: The values of the terms, shape `[K]`; see ``LossMeasurement/values``.
  ///   - magnitudes: The means of the absolute values of the rows' terms, shape `[K]`. Without them
  ///     those of terms that are never negative are their values; for others, a balancer that
  ///     requires magnitudes throws.
  ///   - gradients: The gradients of `values`, K arrays of P numbers, without weights or priorities.
  ///   - update: Receives what to descend along, usually `Σ λᵢ gᵢ`, shape `[P]`.
  /// - Throws: ``BalancerError`` for arrays of the wrong length or a measurement that is missing.
  public mutating func step(
    values: [Double], magnitudes: [Double]? = nil, gradients: [[Float]],
    into update: inout [Float]
  ) throws(BalancerError) {
    try check(gradients.map(\.count))
    var measurement = try measurement(of: values, magnitudes)
    if balancer.requiredInformation >= .featureGradients {
      measurement.measureGradients(gradients)
    }
    try chooseWeights(
      from: measurement, rows: Array(gradients.joined()), width: gradients.first?.count ?? 0,
      into: &update)
  }

  /// Chooses the weights of a minibatch and writes the update of the parameters, in double precision.
  ///
  /// A balancer that remembers gradients remembers them in single precision.
  ///
  /// - Parameters:
  ///   - values: The values of the terms, shape `[K]`; see ``LossMeasurement/values``.
  ///   - magnitudes: The means of the absolute values of the rows' terms, shape `[K]`, if known.
  ///   - gradients: The gradients of `values`, K arrays of P numbers, without weights or priorities.
  ///   - update: Receives what to descend along, usually `Σ λᵢ gᵢ`, shape `[P]`.
  /// - Throws: ``BalancerError`` for arrays of the wrong length or a measurement that is missing.
  public mutating func step(
    values: [Double], magnitudes: [Double]? = nil, gradients: [[Double]],
    into update: inout [Double]
  ) throws(BalancerError) {
    try check(gradients.map(\.count))
    var measurement = try measurement(of: values, magnitudes)
    let level = balancer.requiredInformation
    if level >= .featureGradients { measurement.measureGradients(gradients) }
    if level == .gradients {
      var single: [Float] = []
      let rows = gradients.joined().map { Float($0) }
      let width = gradients.first?.count ?? 0
      try chooseWeights(from: measurement, rows: rows, width: width, into: &single)
      update = single.map(Double.init)
      return
    }
    try chooseWeights(from: measurement)
    update = (gradients.first ?? []).indices.map { column in
      weights.indices.reduce(0) {
        weights[$1] == 0 ? $0 : $0 + weights[$1] * gradients[$1][column]
      }
    }
  }

  /// Chooses the weights of a minibatch and writes the update of the parameters, with as few backward
  /// passes as the balancer needs: one for its weights, or one for each term that takes part.
  ///
  /// - Parameters:
  ///   - values: The values of the terms, shape `[K]`; see ``LossMeasurement/values``.
  ///   - magnitudes: The means of the absolute values of the rows' terms, shape `[K]`, if known.
  ///   - update: Receives what to descend along, usually `Σ λᵢ gᵢ`, shape `[P]`.
  ///   - pullback: Computes `Σ wᵢ gᵢ` for weights `w`, shape `[K]`.
  /// - Throws: ``BalancerError`` for arrays of the wrong length or a measurement that is missing, and
  ///   what `pullback` throws.
  public mutating func step(
    values: [Double], magnitudes: [Double]? = nil, into update: inout [Float],
    pullback: (_ weights: [Double]) throws -> [Float]
  ) throws {
    var measurement = try measurement(of: values, magnitudes)
    if balancer.requiredInformation < .featureGradients {
      try chooseWeights(from: measurement)
      update = try pullback(weights)
      return
    }
    var gradients: [[Float]?] = []
    for (index, term) in terms.enumerated() {
      let unit = terms.indices.map { $0 == index ? 1.0 : 0 }
      gradients.append(term.takesPart ? try pullback(unit) : nil)
    }
    let width = gradients.lazy.compactMap { $0?.count }.first ?? 0
    let rows = gradients.map { $0 ?? Array(repeating: 0, count: width) }
    try check(rows.map(\.count))
    measurement.measureGradients(rows)
    try chooseWeights(from: measurement, rows: Array(rows.joined()), width: width, into: &update)
  }

  /// Gives the balancer the values of the same minibatch after the optimiser's step, if it needs them.
  ///
  /// - Parameter values: Computes them, shape `[K]`; called only if they are needed.
  /// - Throws: ``BalancerError/wrongCount(_:balancer:found:expected:)``, and what `values` throws.
  public mutating func remeasure(_ values: () throws -> [Double]) throws {
    guard balancer.needsPostStepValues else { return }
    stored.balancer.observeStep(try measurement(of: values(), nil))
  }

  private func measurement(
    of values: [Double], _ magnitudes: [Double]?
  ) throws(BalancerError) -> LossMeasurement {
    try balancer.requireCount(values.count, terms.count, of: "values")
    var measurement = LossMeasurement(count: terms.count)
    measurement.step = stepCount
    measurement.values = values
    if let magnitudes {
      try balancer.requireCount(magnitudes.count, terms.count, of: "magnitudes")
      measurement.magnitudes = magnitudes
    } else if terms.allSatisfy({ $0.kind == .nonNegative || !$0.takesPart }) {
      measurement.magnitudes = values.map { abs($0) }
    }
    return measurement
  }

  private func check(_ widths: [Int]) throws(BalancerError) {
    try balancer.requireCount(widths.count, terms.count, of: "gradients")
    for width in widths {
      try balancer.requireCount(
        width, widths.first ?? 0, of: "numbers in a gradient after a first of another length")
    }
  }

  /// Chooses the weights and combines gradients of shape `[K, P]` that are known.
  private mutating func chooseWeights(
    from measurement: LossMeasurement, rows: [Float], width: Int, into update: inout [Float]
  ) throws(BalancerError) {
    if update.count != width { update = Array(repeating: 0, count: width) }
    var span = update.mutableSpan
    if balancer.requiredInformation == .gradients {
      var generator: any RandomNumberGenerator = StepGenerator(seed: seed, step: stepCount)
      try stored.balancer.updateWeights(
        &weights, from: measurement, combining: rows.span, into: &span, using: &generator)
      finishStep(measurement, .gradients)
    } else {
      try chooseWeights(from: measurement)
      weightedSum(of: rows.span, weights, into: &span)
    }
  }

  private mutating func chooseWeights(from measurement: LossMeasurement) throws(BalancerError) {
    let level = balancer.requiredInformation
    var generator: any RandomNumberGenerator = StepGenerator(seed: seed, step: stepCount)
    try stored.balancer.updateWeights(&weights, from: measurement, using: &generator)
    finishStep(measurement, level)
  }

  private mutating func finishStep(_ measurement: LossMeasurement, _ level: RequiredInformation) {
    let known = measurement.has(.magnitudes) ? RequiredInformation.magnitudes : .values
    report.record(weights, chosenBy: balancer, from: measurement, measured: max(level, known))
    stepCount += 1
  }
}

extension TrainingBalancer: Codable {
  private enum CodingKeys: String, CodingKey {
    case balancer
    case weights
    case stepCount
    case seed
  }

  /// Reads a balancer, its weights and how far it has come, and checks that they fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(StoredBalancer.self, forKey: .balancer).balancer,
      seed: try container.decode(UInt64.self, forKey: .seed))
    weights = try container.decode([Double].self, forKey: .weights)
    stepCount = try container.decode(Int.self, forKey: .stepCount)
    try balancer.requireState(weights, "weights")
    try balancer.requireState([Double(stepCount)], "count of steps", count: 1)
  }

  /// Writes the balancer, its weights and how far it has come.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(stored, forKey: .balancer)
    try container.encode(weights, forKey: .weights)
    try container.encode(stepCount, forKey: .stepCount)
    try container.encode(seed, forKey: .seed)
  }
}

/// The random numbers of one step.
///
/// Source: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, 2014.
private struct StepGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64, step: Int) {
    state = seed
    state = next() ^ UInt64(truncatingIfNeeded: step)
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
