import NeuralNetworks

// What changes over a run.

/// A coefficient that can have a schedule.
struct Coefficient: Sendable {
  /// The coefficient itself.
  let path: any PartialKeyPath<Hyperparameters> & Sendable
  /// Its schedule.
  let schedule: any WritableKeyPath<Hyperparameters, CoefficientSchedule?> & Sendable
  /// The value at the start, `nil` if there is none.
  let start: @Sendable (Hyperparameters) -> Double?
  /// What else moves the coefficient, if anything does.
  let controller: @Sendable (Hyperparameters) -> HyperparameterDescription?
  /// The loss term whose priority it is.
  let term: String?

  /// All of them.
  static let all = [
    Coefficient(
      path: \.learningRate, schedule: \.learningRateSchedule, start: { $0.learningRate },
      controller: { _ in nil }, term: nil),
    Coefficient(
      path: \.clipRange, schedule: \.clipRangeSchedule, start: { $0.clipRange },
      controller: { _ in nil }, term: nil),
    Coefficient(
      path: \.targetDivergence, schedule: \.targetDivergenceSchedule,
      start: { $0.targetDivergence }, controller: { _ in nil }, term: nil),
    Coefficient(
      path: \.valueCoefficient, schedule: \.valueCoefficientSchedule,
      start: { $0.valueCoefficient }, controller: { _ in nil }, term: "value"),
    Coefficient(
      path: \.entropyCoefficient, schedule: \.entropyCoefficientSchedule,
      start: { $0.entropyCoefficient },
      controller: { $0.targetEntropy.flatMap { _ in .init(of: \.targetEntropy) } },
      term: "entropy"),
    Coefficient(
      path: \.divergenceCoefficient, schedule: \.divergenceCoefficientSchedule,
      start: { $0.divergenceCoefficient },
      controller: {
        $0.adaptiveDivergenceTarget.flatMap { _ in .init(of: \.adaptiveDivergenceTarget) }
      },
      term: "divergence"),
  ]
}

extension HyperparameterDescription {
  /// The description of a property.
  init?(of path: PartialKeyPath<Hyperparameters>) {
    guard let description = Hyperparameters.descriptions.first(where: { $0.path == path }) else {
      return nil
    }
    self = description
  }
}

extension Hyperparameters {
  /// η after a part of the run, from 0 to 1.
  func learningRate(at progress: Double) -> Double {
    (learningRateSchedule ?? Self.annealing(annealsLearningRate))
      .schedule(from: learningRate).value(at: progress)
  }

  /// ε after a part of the run, from 0 to 1.
  func clipRange(at progress: Double) -> Double {
    (clipRangeSchedule ?? Self.annealing(annealsClipRange))
      .schedule(from: clipRange).value(at: progress)
  }

  /// The divergence at 1.5 times which an update stops, after a part of the run, from 0 to 1.
  func targetDivergence(at progress: Double) -> Double? {
    targetDivergence.map {
      (targetDivergenceSchedule ?? .constant).schedule(from: $0).value(at: progress)
    }
  }

  /// The priorities of the loss terms that have a schedule, after a part of the run, from 0 to 1.
  func scheduledPriorities(at progress: Double) -> [(term: String, priority: Double)] {
    Coefficient.all.compactMap { coefficient in
      guard let term = coefficient.term, let start = coefficient.start(self),
        let schedule = self[keyPath: coefficient.schedule], schedule != .constant
      else { return nil }
      return (term, schedule.schedule(from: start).value(at: progress))
    }
  }

  /// Whether the clip range falls over the run to less than half of what it would have to be for a
  /// learning rate that falls less.
  var clipRangeFallsAlone: Bool {
    guard learningRate > 0 else { return false }
    let clipPart = clipRange(at: 1) / clipRange
    return clipPart < 0.5 && learningRate(at: 1) / learningRate > 2 * clipPart
  }

  private static func annealing(_ isAnnealed: Bool) -> CoefficientSchedule {
    isAnnealed ? .linear(to: 0) : .constant
  }
}
