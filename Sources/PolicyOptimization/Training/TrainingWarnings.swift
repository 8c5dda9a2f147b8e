import EnvironmentKit
import Foundation

/// A sign that a run does not go well, though all numbers are finite.
public struct TrainingWarning: Sendable, Hashable {
  /// What a warning is about.
  public enum Kind: String, Sendable, CaseIterable {
    /// The ratio of more than half of the samples of an update was outside of the clip range.
    case mostSamplesClipped
    /// The clip range falls over the run and the learning rate does not.
    case clipRangeFallsAlone
    /// The value explained less than nothing of the returns for many updates in a row.
    case valueExplainsNothing
    /// The policy hardly varies any more, and the task is not solved.
    case entropyCollapsed
    /// A component of the observation has not changed since the run began.
    case deadObservation
    /// Episodes of an evaluation did not end, and were left.
    case unfinishedEvaluation
    /// The policy begins with actions that reach a small part of what their bounds allow.
    case boundsOutOfReach
    /// The policy begins with actions that nearly all lie beyond their bounds.
    case actionsBeyondBounds
    /// The deviations of a policy whose actions are clipped have grown far beyond the bounds.
    case entropyExploded
    /// An action has nothing to choose from.
    case nothingToChoose
    /// Rewards are so small that what is learnt from them is lost in constants such as 1e-8.
    case rewardsVanish
    /// An update has not changed a single parameter.
    case parametersStandStill
  }

  /// What it is about.
  public let kind: Kind
  /// What was found and what may help, with the names of hyperparameters as the reader knows them.
  public let message: HyperparameterSentence

  init(kind: Kind, sentence: HyperparameterSentence) {
    self.kind = kind
    message = sentence
  }

  /// The message, with the names of properties.
  public var sentence: String { message.text(naming: .properties) }
}

/// Looks for ``TrainingWarning``s; each kind is given once.
struct TrainingWarnings {
  /// How many updates in a row the value may explain nothing, and after how many a component of the
  /// observation that never changed counts as dead.
  static let patience = 20
  /// Values whose errors are less than this part of the returns are right, however little of the
  /// variance they explain: where the returns hardly vary, what is left of it is noise.
  static let closeValueError = 0.1

  /// How many times the distance of its bounds the deviation of an action may be.
  static let largestDeviation = 5.0

  let space: ActionSpace
  private let lowestEntropy: Double
  private let hyperparameters: Hyperparameters
  /// What the entropy would be with deviations as large as the distances of the bounds; `nil` where
  /// actions are not clipped to such.
  private let entropyOfBounds: Double?
  /// How many updates there were.
  var updates = 0
  var memory = Memory()

  /// What is remembered of the updates so far, besides their number.
  struct Memory: Sendable, Hashable {
    var updatesExplainingNothing = 0
    var given: Set<TrainingWarning.Kind> = []
  }

  /// Warnings about a policy for an action space, and about how it is trained.
  init(for space: ActionSpace, _ hyperparameters: Hyperparameters = Hyperparameters()) {
    self.space = space
    self.hyperparameters = hyperparameters
    lowestEntropy = space.lowestEntropy
    entropyOfBounds = hyperparameters.squashesActions ? nil : space.entropyOfBounds
  }

  /// Inspects an update, and how large the errors of its values were beside the returns, and
  /// gives what was not given before.
  mutating func inspect(
    _ report: UpdateReport, valueError: Double?, isSolved: Bool,
    _ normalizer: ObservationNormalizer?
  ) -> [TrainingWarning] {
    updates += 1
    let explainsNothing =
      (report.explainedVariance ?? 0) < 0 && (valueError ?? 0) >= Self.closeValueError
    memory.updatesExplainingNothing = explainsNothing ? memory.updatesExplainingNothing + 1 : 0
    return new([
      falling(), clipping(report), value(), isSolved ? nil : entropy(report), deviations(report),
      observation(normalizer),
    ])
  }

  /// Rewards that are all smaller are lost beside the 1e-8 in normalised advantages and the optimiser's ε.
  static let smallestReward: Float = 1e-6

  /// Inspects the first rollout of a run, whose rewards are as they are learnt from.
  mutating func inspect(atStart rollout: Rollout) -> [TrainingWarning] {
    new(
      [nothingToChoose, vanishing(rollout)]
        + (hyperparameters.squashesActions ? [] : reach(of: rollout)))
  }

  /// Inspects whether an update has changed a parameter; the first of a run, whose learning rate has
  /// not fallen yet, by more than rounding.
  mutating func inspect(
    _ parameters: some Sequence<Float>, before: [Float], isFirst: Bool
  ) -> [TrainingWarning] {
    let least: Float = isFirst ? 1e-8 : 0
    let hasMoved = zip(parameters, before).contains { abs($0 - $1) > least }
    return new([hasMoved ? nil : standstill])
  }

  private mutating func new(_ warnings: [TrainingWarning?]) -> [TrainingWarning] {
    warnings.compactMap(\.self).filter { memory.given.insert($0.kind).inserted }
  }

  /// Inspects an evaluation during training.
  mutating func inspect(_ evaluation: PeriodicEvaluation) -> [TrainingWarning] {
    let (count, all) = (
      evaluation.evaluation.unfinishedCount, evaluation.evaluation.returns.count
    )
    if count == 0 { return [] }
    return new([
      TrainingWarning(
        kind: .unfinishedEvaluation,
        sentence: """
          \(count) of \(all) episodes of the evaluation at timestep \(evaluation.timestep) had not \
          ended after \(Evaluation.stepLimit) steps and were left, with what they had earned: the \
          environment has no time limit. Give it one, for example with limited(to:).
          """)
    ])
  }

  private func clipping(_ report: UpdateReport) -> TrainingWarning? {
    guard report.clipFraction > 0.5 else { return nil }
    let found = "\(Int(report.clipFraction * 100)) % of the samples of an update were clipped"
    // A narrow clip range is no sign of a policy that moves faster than it did.
    let isNarrow =
      hyperparameters.clipRangeFallsAlone && report.clipRange < 0.5 * hyperparameters.clipRange
    return TrainingWarning(
      kind: .mostSamplesClipped,
      sentence: report.clipRange < 0.01 && !isNarrow
        ? """
        \(found): the clip range of \(String(format: "%.3g", report.clipRange)) is narrow. Widen it, \
        such as to 0.2.
        """
        : isNarrow
          ? """
          \(found): the clip range has fallen to \(String(format: "%.3g", report.clipRange)) while the \
          learning rate is \(String(format: "%.3g", report.learningRate)). Hold the clip range, too, or \
          let the learning rate fall with it.
          """
          : """
          \(found): the policy moves too fast. Lower the learning rate or the number of update epochs.
          """)
  }

  private func falling() -> TrainingWarning? {
    guard hyperparameters.clipRangeFallsAlone else { return nil }
    let end = hyperparameters.clipRange(at: 1)
    return TrainingWarning(
      kind: .clipRangeFallsAlone,
      sentence: """
        The clip range falls from \(hyperparameters.clipRange) to \(String(format: "%.3g", end)) over \
        the run, but the learning rate does not fall with it: at the end most samples will be clipped. \
        Hold the clip range, too, or let both fall.
        """)
  }

  private func value() -> TrainingWarning? {
    guard memory.updatesExplainingNothing >= Self.patience else { return nil }
    return TrainingWarning(
      kind: .valueExplainsNothing,
      sentence: """
        The value has explained less than nothing of the returns for \(Self.patience) updates in a \
        row. \(hyperparameters.normalizesReturns ? "Raise" : "Normalise the returns, raise") the \
        value's coefficient or lower the learning rate.
        """)
  }

  private func entropy(_ report: UpdateReport) -> TrainingWarning? {
    guard report.entropy < lowestEntropy else { return nil }
    return TrainingWarning(
      kind: .entropyCollapsed,
      sentence: """
        The entropy of the policy is \(String(format: "%.3g", report.entropy)) and the \
        task is not solved: it no longer explores. Raise the entropy's coefficient or lower the \
        learning rate.
        """)
  }

  private func observation(_ normalizer: ObservationNormalizer?) -> TrainingWarning? {
    guard updates >= Self.patience, let component = normalizer?.deadComponent else { return nil }
    return TrainingWarning(
      kind: .deadObservation,
      sentence: """
        Component \(component) of the observations, counted from 0, has not changed in \
        \(Self.patience) updates; its normalised value says nothing.
        """)
  }

  private var standstill: TrainingWarning {
    TrainingWarning(
      kind: .parametersStandStill,
      sentence: """
        An update has not changed a single parameter by more than rounding. Raise the learning rate \
        or the divergence at which updates stop, lower the optimiser's epsilon, or look at the \
        coefficients of the losses.
        """)
  }

  private func deviations(_ report: UpdateReport) -> TrainingWarning? {
    guard let entropyOfBounds else { return nil }
    let ratio = exp((report.entropy - entropyOfBounds) / Double(space.componentCount))
    guard ratio > Self.largestDeviation else { return nil }
    return TrainingWarning(
      kind: .entropyExploded,
      sentence: """
        The deviations of the actions are about \(String(format: "%.3g", ratio)) times the distance of \
        their bounds, so that nearly every action counts as a bound. Lower the entropy's coefficient, \
        or squash the actions (--squash-actions), whose entropy has a limit.
        """)
  }

  private func vanishing(_ rollout: Rollout) -> TrainingWarning? {
    let largest = rollout.rewards.elements.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest < Self.smallestReward else { return nil }
    return TrainingWarning(
      kind: .rewardsVanish,
      sentence: """
        No reward of the first rollout is larger than \(String(format: "%.2g", largest)) in size, as it \
        is learnt from: that is lost beside the constants of normalisation and of the optimiser. Multiply \
        rewards by more (--reward-scale), or normalise the returns.
        """)
  }

  private var nothingToChoose: TrainingWarning? {
    guard space.hasNothingToChoose else { return nil }
    return TrainingWarning(
      kind: .nothingToChoose,
      sentence: """
        Every component of an action has a single choice, or bounds that are equal: the policy has \
        nothing to choose, and nothing to learn.
        """)
  }
}

extension ActionSpace {
  /// The entropy below which a policy counts as fixed: a hundredth of what choosing at random has,
  /// or the entropy of normal distributions with the deviation 0.01.
  fileprivate var lowestEntropy: Double {
    switch self {
    case .discrete(let count): 0.01 * log(Double(count))
    case .multiDiscrete(let counts): 0.01 * counts.reduce(0) { $0 + log(Double($1)) }
    case .box(let box):
      Double(box.count) * (0.5 * log(2 * Double.pi * M_E) + log(0.01))
    }
  }

  /// The entropy of normal distributions whose deviations are the distances of the bounds; `nil` where
  /// those are not all finite and apart.
  fileprivate var entropyOfBounds: Double? {
    guard case .box(let box) = self else { return nil }
    let distances = zip(box.lowest, box.highest).map { Double($1) - Double($0) }
    guard distances.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
    return distances.reduce(0) { $0 + 0.5 * log(2 * Double.pi * M_E) + log($1) }
  }

  fileprivate var hasNothingToChoose: Bool {
    switch self {
    case .discrete, .multiDiscrete: choiceCounts.allSatisfy { $0 == 1 }
    case .box(let box): box.lowest == box.highest
    }
  }
}
