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
  }

  /// What it is about.
  public let kind: Kind
  /// What was found and what may help.
  public let sentence: String
}

/// Looks for ``TrainingWarning``s; each kind is given once.
struct TrainingWarnings {
  /// How many updates in a row the value may explain nothing, and after how many a component of the
  /// observation that never changed counts as dead.
  static let patience = 20
  /// Values whose errors are less than this part of the returns are right, however little of the
  /// variance they explain: where the returns hardly vary, what is left of it is noise.
  static let closeValueError = 0.1

  private let lowestEntropy: Double
  private let hyperparameters: Hyperparameters
  private var updates = 0
  private var updatesExplainingNothing = 0
  private var given: Set<TrainingWarning.Kind> = []

  /// Warnings about a policy for an action space, and about how it is trained.
  init(for space: ActionSpace, _ hyperparameters: Hyperparameters = Hyperparameters()) {
    lowestEntropy = space.lowestEntropy
    self.hyperparameters = hyperparameters
  }

  /// Looks at an update, and at how large the errors of its values were beside the returns, and
  /// tells what was not told before.
  mutating func look(
    at report: UpdateReport, valueError: Double?, isSolved: Bool,
    _ normalizer: ObservationNormalizer?
  ) -> [TrainingWarning] {
    updates += 1
    let explainsNothing =
      (report.explainedVariance ?? 0) < 0 && (valueError ?? 0) >= Self.closeValueError
    updatesExplainingNothing = explainsNothing ? updatesExplainingNothing + 1 : 0
    return [
      falling(), clipping(report), value(), isSolved ? nil : entropy(report),
      observation(normalizer),
    ]
    .compactMap(\.self).filter { given.insert($0.kind).inserted }
  }

  private func clipping(_ report: UpdateReport) -> TrainingWarning? {
    guard report.clipFraction > 0.5 else { return nil }
    let found = "\(Int(report.clipFraction * 100)) % of the samples of an update were clipped"
    // A narrow clip range is no sign of a policy that moves faster than it did.
    let isNarrow =
      hyperparameters.clipRangeFallsAlone && report.clipRange < 0.5 * hyperparameters.clipRange
    return TrainingWarning(
      kind: .mostSamplesClipped,
      sentence: isNarrow
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
    guard updatesExplainingNothing >= Self.patience else { return nil }
    return TrainingWarning(
      kind: .valueExplainsNothing,
      sentence: """
        The value has explained less than nothing of the returns for \(Self.patience) updates in a \
        row. Normalise the returns, raise the value's coefficient or lower the learning rate.
        """)
  }

  private func entropy(_ report: UpdateReport) -> TrainingWarning? {
    guard report.entropy < lowestEntropy else { return nil }
    return TrainingWarning(
      kind: .entropyCollapsed,
      sentence: """
        The entropy of the policy has fallen to \(String(format: "%.3g", report.entropy)) and the \
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
}
