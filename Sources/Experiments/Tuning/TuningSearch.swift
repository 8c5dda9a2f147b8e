import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import TensorCore

/// Searches for hyperparameters: many candidates on one seed, more seeds for the best few, then the winner
/// on seeds that the search has not used.
///
///     let plan = TuningPlan(
///       environment: "Corridor", base: Hyperparameters(),
///       space: .standard(fixing: [], hasRealActions: false))
///     let search = TuningSearch(plan, trials: TrialInMemory(in: Corridor(), …), jobs: 2)
///     if let result = try search.run() { print(result.best.hyperparameters) }
///
/// With a budget in trials the result is a function of the plan, whatever the number of jobs: what a
/// proposal or the median rule knows are the candidates whose number is smaller by at least ``lag``.
/// Scores in seconds, and a budget in seconds, depend on the machine.
public final class TuningSearch {
  /// How many candidates later a result counts.
  public static let lag = 8

  let plan: TuningPlan
  let trials: any TrialExecution
  let sampler: any CandidateSampler
  let jobs: Int
  let table: TrialTable?
  let state: TuningState

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - plan: The search.
  ///   - trials: What executes trials.
  ///   - sampler: What proposes candidates; a ``MutationSampler`` if `nil`.
  ///   - jobs: How many trials run at once, at least 1.
  ///   - table: Where trials are recorded, and read from if they were made before.
  public init(
    _ plan: TuningPlan, trials: any TrialExecution, sampler: (any CandidateSampler)? = nil,
    jobs: Int = WorkerPool.machineThreads, table: TrialTable? = nil
  ) {
    self.plan = plan
    self.trials = trials
    self.sampler = sampler ?? MutationSampler(of: plan.space, seed: plan.seed)
    self.jobs = max(1, jobs)
    self.table = table
    state = TuningState(elapsedBefore: table?.elapsed ?? 0)
  }

  /// Searches to the end.
  ///
  /// - Parameters:
  ///   - listener: Receives the progress after each trial, on one thread at a time.
  ///   - shouldStop: Whether to stop; asked at every step of a trial.
  /// - Returns: The result; `nil` if it was stopped.
  /// - Throws: ``TuningError`` if no trial could be trained, and what a sampler or the table throws.
  public func run(
    listener: @escaping @Sendable (TuningProgress) -> Void = { _ in },
    until shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws -> TuningResult? {
    state.listener = listener
    state.shouldStop = shouldStop
    try breadth()
    if shouldStop() { return nil }
    try checkAnySuccess()
    let rounds = Rounds(candidates: state.candidates.count, seeds: plan.seeds)
    for round in rounds.further where isAffordable(round, of: rounds) {
      let best = state.ranked.filter(\.isComplete).prefix(round.count)
      try execute(
        best.flatMap { candidate in
          (candidate.outcomes.count..<max(round.seeds, candidate.outcomes.count)).map {
            request(candidate, .refinement, seed: plan.searchSeed($0))
          }
        })
      if shouldStop() { return nil }
    }
    let winner = state.ranked[0]
    let confirmed = Set([winner.number, 0]).sorted()
    try execute(
      confirmed.flatMap { number in
        (0..<plan.seeds).map {
          request(
            state.candidates[number], .confirmation, seed: plan.confirmationSeed($0))
        }
      })
    if shouldStop() { return nil }
    try table?.finish()
    return TuningResult(
      plan, state.candidates, winner: winner.number, sampler: sampler.name,
      seconds: state.elapsed)
  }

  // MARK: Candidates on one seed

  private func breadth() throws {
    // Where later rounds have begun before, the first one is over.
    let known = table.flatMap { $0.isBeyondBreadth ? $0.candidateCount : nil }
    let most = known ?? plan.candidateCount ?? .max
    try inJobs {
      self.state.lock.lock()
      defer { self.state.lock.unlock() }
      while !self.state.mustEnd {
        let number = self.state.candidates.count
        if number >= most || number > 0 && known == nil && self.isTimeUp { return }
        guard self.state.areFinished(before: number - Self.lag + 1) else {
          self.state.lock.wait()
          continue
        }
        let request = try self.propose(number)
        try self.complete(request)
      }
    }
  }

  /// Adds a candidate; the lock is held.
  private func propose(_ number: Int) throws -> TrialRequest {
    let visible = Array(state.candidates.prefix(max(0, number - Self.lag + 1)))
    let point: [Double]
    if number == 0 {
      point = plan.space.point(of: plan.base)
    } else {
      let worst = visible.worstScore
      point = try sampler.point(
        of: number,
        after: visible.ranked(worst: worst).map { candidate in
          ScoredPoint(
            number: candidate.number, point: candidate.point,
            score: candidate.outcomes[0].score,
            isStopped: candidate.outcomes[0].status == .stopped)
        })
    }
    let candidate = TuningCandidate(
      number: number, point: point,
      hyperparameters: number == 0
        ? plan.base : plan.space.hyperparameters(at: point, basedOn: plan.base))
    state.candidates.append(candidate)
    // The preset is what everything is compared with, so that it is not stopped.
    let curves = visible.compactMap(\.outcomes.first).filter { $0.status != .failed }.map(\.curve)
    let medians = plan.stopsEarly && number > 0 ? LearningCurve.medians(of: curves) : []
    return TrialRequest(
      candidate: number, stage: .breadth, seed: plan.searchSeed(0),
      hyperparameters: candidate.hyperparameters, medians: medians)
  }

  /// Whether what is left of the budget is needed for the rounds that follow; the lock is held.
  private var isTimeUp: Bool {
    guard let budget = plan.budgetSeconds else { return false }
    let rounds = Rounds(candidates: state.candidates.count, seeds: plan.seeds)
    let runs = rounds.trials - rounds.candidates + 2 * plan.seeds
    return state.elapsed + seconds(of: runs, among: rounds.further[0].count) >= budget
  }

  /// About how long so many trials of the best candidates take.
  private func seconds(of runs: Int, among best: Int) -> Double {
    let durations = state.ranked.filter(\.isComplete).prefix(best).compactMap {
      $0.outcomes.first?.seconds
    }
    guard !durations.isEmpty else { return 0 }
    return 1.1 * Double(runs) * Statistics.mean(durations) / Double(jobs)
  }

  /// Whether a round leaves time for the confirmation.
  private func isAffordable(_ round: (count: Int, seeds: Int), of rounds: Rounds) -> Bool {
    guard let budget = plan.budgetSeconds else { return true }
    if round == rounds.further[0] { return true }
    let runs = round.count * (round.seeds - rounds.further[0].seeds) + 2 * plan.seeds
    return state.elapsed + seconds(of: runs, among: round.count) < budget
  }

  private func checkAnySuccess() throws(TuningError) {
    let outcomes = state.candidates.compactMap(\.outcomes.first)
    if outcomes.contains(where: { $0.status == .complete }) { return }
    let reason = outcomes.compactMap(\.failure).first ?? ""
    throw TuningError(
      description: "None of the \(outcomes.count) candidates could be trained. The first: \(reason)"
    )
  }

  // MARK: Trials

  private func request(
    _ candidate: TuningCandidate, _ stage: TrialRequest.Stage, seed: UInt64
  ) -> TrialRequest {
    TrialRequest(
      candidate: candidate.number, stage: stage, seed: seed,
      hyperparameters: candidate.hyperparameters, medians: [])
  }

  /// Executes trials of which none depends on another.
  private func execute(_ requests: [TrialRequest]) throws {
    state.queue = requests[...]
    try inJobs {
      self.state.lock.lock()
      defer { self.state.lock.unlock() }
      while !self.state.mustEnd, let request = self.state.queue.popFirst() {
        try self.complete(request)
      }
    }
    state.sortOutcomes(like: requests)
  }

  /// Executes a trial or takes it from the table, and records it; the lock is held before and after.
  private func complete(_ request: TrialRequest) throws {
    let stored = try table?.outcome(of: request, in: plan.space)
    var outcome = stored
    if outcome == nil {
      let shouldStop = state.shouldStop
      state.lock.unlock()
      let result = Result { try trials.outcome(of: request, until: shouldStop) }
      state.lock.lock()
      outcome = try result.get()
    }
    // Also when the trial was stopped: other jobs may wait for it, and are to see that the search ends.
    defer { state.lock.broadcast() }
    guard let outcome else { return }
    state.add(outcome, of: request)
    if stored == nil {
      try table?.add(
        request, outcome, point: state.candidates[request.candidate].point, space: plan.space,
        elapsed: state.elapsed)
    }
    state.listener(TuningProgress(state, plan, isNew: stored == nil))
  }

  /// Runs a loop on as many threads as there are jobs.
  private func inJobs(_ body: @escaping () throws -> Void) throws {
    nonisolated(unsafe) let body = body
    let state = state
    WorkerPool(count: jobs).run(jobs) { _, _ in
      do {
        try body()
      } catch {
        state.lock.lock()
        state.error = state.error ?? error
        state.lock.broadcast()
        state.lock.unlock()
      }
    }
    if let error = state.error { throw error }
  }
}

/// Why a search cannot go on, in a sentence.
public struct TuningError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}
