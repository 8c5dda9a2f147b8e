import Foundation

/// What the threads of a search share; everything but the clock is read and written with the lock held, or
/// while no job runs.
final class TuningState: @unchecked Sendable {
  let lock = NSCondition()
  var candidates: [TuningCandidate] = []
  var queue: ArraySlice<TrialRequest> = []
  var error: (any Error)?
  var shouldStop: @Sendable () -> Bool = { false }
  var listener: @Sendable (TuningProgress) -> Void = { _ in }
  /// How many trials have ended.
  private(set) var trialCount = 0
  /// The part of the search that goes on.
  private(set) var stage = TrialRequest.Stage.breadth

  private let clock = ContinuousClock()
  private let start = ContinuousClock.now
  private let elapsedBefore: Double
  /// The outcomes of the round that goes on, by candidate and seed.
  private var latest: [TrialKey: TrialOutcome] = [:]

  init(elapsedBefore: Double) { self.elapsedBefore = elapsedBefore }

  /// The seconds of the search, those of earlier programs included.
  var elapsed: Double { elapsedBefore + (clock.now - start) / .seconds(1) }

  /// Whether no further trial begins.
  var mustEnd: Bool { error != nil || shouldStop() }

  /// Whether the first trials of all candidates before a number have ended.
  func areFinished(before number: Int) -> Bool {
    candidates.prefix(max(0, number)).allSatisfy { !$0.outcomes.isEmpty }
  }

  /// All candidates that have a trial, the best first.
  var ranked: [TuningCandidate] { candidates.ranked(worst: candidates.worstScore) }

  func add(_ outcome: TrialOutcome, of request: TrialRequest) {
    trialCount += 1
    stage = request.stage
    switch request.stage {
    case .breadth: candidates[request.candidate].outcomes = [outcome]
    case .refinement, .confirmation: latest[request.key] = outcome
    }
  }

  /// Adds the outcomes of a round to their candidates, in the order in which they were asked for.
  func sortOutcomes(like requests: [TrialRequest]) {
    for request in requests {
      guard let outcome = latest.removeValue(forKey: request.key) else { continue }
      if request.stage == .confirmation {
        candidates[request.candidate].confirmations.append(outcome)
      } else {
        candidates[request.candidate].outcomes.append(outcome)
      }
    }
  }
}

/// How far a search has come.
public struct TuningProgress: Sendable {
  /// The part of the search that goes on.
  public let stage: TrialRequest.Stage
  /// How many trials have ended, those before a resumption included.
  public let trials: Int
  /// How many trials there are before the confirmation, where that is limited.
  public let totalTrials: Int?
  /// How many candidates there are.
  public let candidates: Int
  /// How many trials were stopped early.
  public let stopped: Int
  /// How many trials failed.
  public let failed: Int
  /// The number of the best candidate.
  public let best: Int?
  /// Its score in the search, in the units of the objective.
  public let bestValue: Double?
  /// The score of the preset.
  public let presetValue: Double?
  /// The seconds of the search.
  public let seconds: Double
  /// The seconds of the budget, where it is limited.
  public let budgetSeconds: Double?
  /// Whether the trial was executed now, and not read from the table.
  public let isNew: Bool

  init(_ state: TuningState, _ plan: TuningPlan, isNew: Bool) {
    let outcomes = state.candidates.compactMap(\.outcomes.first)
    let worst = state.candidates.worstScore
    let ranked = state.candidates.ranked(worst: worst)
    let sign = plan.objective.isCost ? -1.0 : 1.0
    stage = state.stage
    trials = state.trialCount
    totalTrials = plan.trials
    candidates = state.candidates.count
    stopped = outcomes.count { $0.status == .stopped }
    failed = outcomes.count { $0.status == .failed }
    best = ranked.first?.number
    bestValue = ranked.first?.score(worst: worst).map { sign * $0 }
    presetValue = state.candidates.first?.score(worst: worst).map { sign * $0 }
    seconds = state.elapsed
    budgetSeconds = plan.budgetSeconds
    self.isNew = isNew
  }
}
