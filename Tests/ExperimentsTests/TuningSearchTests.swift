import ControlEnvironments
import Foundation
import PolicyOptimization
import StoredFiles
import Synchronization
import Testing

@testable import Experiments

@Suite("A search for hyperparameters")
struct TuningSearchTests {
  @Test("finds what is good, and confirms it on seeds that decided nothing")
  func finds() throws {
    let trials = FormulaTrials()
    let plan = TuningPlan.formula(trials: 120)
    let result = try #require(try TuningSearch(plan, trials: trials, jobs: 2).run())
    let point = result.best.point
    #expect(abs(point[0] - 0.7) < 0.15 && abs(point[1] - 0.3) < 0.15, "\(point)")
    #expect(result.confirmed.interquartileMean > result.preset.interquartileMean)
    let requests = trials.requests.all
    let searched = Set(requests.filter { $0.stage != .confirmation }.map(\.seed))
    let confirmed = Set(requests.filter { $0.stage == .confirmation }.map(\.seed))
    #expect(confirmed.count == 8 && searched.isDisjoint(with: confirmed))
    #expect(requests.count { $0.stage != .confirmation } <= 120)
    #expect(requests.count { $0.stage != .confirmation } > 110)
    // Breadth first: most trials are candidates on one seed.
    #expect(requests.count { $0.stage == .breadth } > 75)
    #expect(result.best.outcomes.count == 8)
    #expect(result.candidates.contains { $0.outcomes[0].status == .stopped })
    #expect(result.candidates[0].outcomes[0].status == .complete)
  }

  @Test("does not depend on how many trials run at once")
  func isDeterministic() throws {
    let one = try #require(
      try TuningSearch(.formula(), trials: FormulaTrials(), jobs: 1).run())
    for jobs in [2, 5, 16] {
      let several = try #require(
        try TuningSearch(.formula(), trials: FormulaTrials(), jobs: jobs).run())
      #expect(several.essence == one.essence)
    }
    let other = try #require(
      try TuningSearch(.formula(seed: 2), trials: FormulaTrials(), jobs: 1).run())
    #expect(other.essence != one.essence)
  }

  @Test("goes on to the same trials wherever it was stopped", arguments: [3, 30, 50, 62])
  func resumes(count: Int) throws {
    let whole = try #require(try TuningSearch(.formula(), trials: FormulaTrials(), jobs: 1).run())
    try inTemporaryFolder { url in
      let plan = TuningPlan.formula()
      let first = FormulaTrials()
      do {
        let folder = try TuningFolder(url.appendingPathComponent("search"), for: plan)
        #expect(!folder.isResumed)
        let search = TuningSearch(plan, trials: first, jobs: 2, table: folder.table)
        let result = try search.run(until: { first.requests.all.count >= count })
        #expect(result == nil)
      }
      let second = FormulaTrials()
      let folder = try TuningFolder(url.appendingPathComponent("search"), for: plan)
      #expect(folder.isResumed)
      let result = try TuningSearch(plan, trials: second, jobs: 3, table: folder.table).run()
      #expect(try #require(result).essence == whole.essence)
      let known = Set(first.requests.all.map(\.key))
      #expect(second.requests.all.allSatisfy { !known.contains($0.key) })
      #expect(known.count + second.requests.all.count == whole.trialCount)
    }
  }

  @Test("counts a trial that fails as the worst, keeps its sentence, and goes on")
  func survivesFailures() throws {
    try inTemporaryFolder { url in
      let plan = TuningPlan.formula()
      let folder = try TuningFolder(url.appendingPathComponent("search"), for: plan)
      let trials = FormulaTrials { $0.candidate % 3 == 1 }
      let result = try #require(
        try TuningSearch(plan, trials: trials, jobs: 2, table: folder.table).run())
      #expect(result.best.number % 3 != 1)
      #expect(result.ranked.suffix(3).allSatisfy { $0.number % 3 == 1 })
      // With its quotation marks and comma, in one line.
      let again = try TrialTable(
        "trials.csv", in: OpenedFolder(url.appendingPathComponent("search")), space: plan.space)
      let request = try #require(trials.requests.all.first { $0.candidate == 1 })
      let stored = try #require(try again.outcome(of: request, in: plan.space))
      #expect(stored.failure == "A \"sum\", is NaN.")
      #expect(stored.status == .failed && stored.score == nil)
    }
  }

  @Test("says so when nothing could be trained")
  func reportsTotalFailure() {
    let error = #expect(throws: TuningError.self) {
      try TuningSearch(.formula(), trials: FormulaTrials { _ in true }, jobs: 2).run()
    }
    #expect(error?.description.contains("None of the") == true)
  }

  @Test("ends with its budget of seconds, the confirmation included")
  func keepsBudget() throws {
    var plan = TuningPlan.formula()
    (plan.trials, plan.budgetSeconds) = (nil, 0.3)
    let result = try #require(try TuningSearch(plan, trials: FormulaTrials(), jobs: 2).run())
    #expect(result.candidates.count >= 1)
    #expect(result.confirmed.values.count == 8)
  }

  @Test("does not mix with another search in the same folder")
  func refusesOtherPlan() throws {
    try inTemporaryFolder { url in
      let folder = url.appendingPathComponent("search")
      _ = try TuningFolder(folder, for: .formula())
      let error = #expect(throws: TuningError.self) {
        try TuningFolder(folder, for: .formula(seed: 3))
      }
      #expect(error?.description.contains("seed 1, and this one has 3") == true)
      #expect(throws: TuningError.self) { try TuningFolder(url, for: .formula()) }
      // The first one still holds it.
      let held = try TuningFolder(folder, for: .formula())
      #expect(throws: TuningError.self) { try TuningFolder(folder, for: .formula()) }
      #expect(held.isResumed)
    }
  }
}

@Suite("A trial of a search")
struct TrialTests {
  private func request(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }, medians: [Double?] = []
  ) -> TrialRequest {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 2048
    (hyperparameters.environmentCount, hyperparameters.stepsPerRollout) = (4, 32)
    (hyperparameters.minibatchSize, hyperparameters.updateEpochs) = (64, 1)
    hyperparameters.hiddenSizes = [8]
    adjust(&hyperparameters)
    return TrialRequest(
      candidate: 1, stage: .breadth, seed: 5, hyperparameters: hyperparameters, medians: medians)
  }

  private func trials(_ objective: TuningObjective) -> TrialInMemory {
    TrialInMemory(in: CartPole(), objective: objective, episodes: 3)
  }

  @Test("is what a training with the same settings and an evaluation with its seed give")
  func isAnOrdinaryRun() throws {
    let request = request()
    let outcome = try #require(
      try trials(.meanReturn).outcome(of: request, until: { false }))
    let trainer = try Trainer(CartPole(), request.hyperparameters, seed: 5, threads: 2)
    try trainer.train()
    let evaluation = try trainer.policy.evaluate(in: CartPole(), episodes: 3, seed: 5)
    #expect(outcome.score == evaluation.meanReturn)
    #expect(outcome.curve.count == LearningCurve.count)
    #expect(outcome.curve.last == trainer.meanReturn)
    #expect(outcome.timesteps == 2048)
  }

  @Test("stops after three tenths if it is below the median there")
  func stopsEarly() throws {
    var medians = [Double?](repeating: 0, count: LearningCurve.count)
    let above = try trials(.meanReturn).outcome(of: request(medians: medians), until: { false })
    #expect(above?.status == .complete)
    medians[2] = 1000
    let below = try trials(.meanReturn).outcome(of: request(medians: medians), until: { false })
    #expect(below?.status == .stopped)
    #expect(below?.curve.count == 3)
    #expect(below?.timesteps == 640)
  }

  @Test("reports settings that cannot be trained as a failure, with the sentence")
  func fails() throws {
    let outcome = try #require(
      try trials(.meanReturn).outcome(
        of: request { $0.minibatchSize = 4096 }, until: { false }))
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.contains("--minibatch-size 4096 is more than") == true)
  }

  @Test("that does not solve its task costs twice a whole run")
  func costsTwice() throws {
    let outcome = try #require(
      try trials(.stepsToSolve).outcome(of: request(), until: { false }))
    #expect(outcome.score == -4096)
  }

  @Test("that is asked to stop has no outcome")
  func isInterrupted() throws {
    #expect(try trials(.meanReturn).outcome(of: request(), until: { true }) == nil)
  }
}
