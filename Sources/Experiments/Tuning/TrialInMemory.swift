import EnvironmentKit
import LossBalancing
import PolicyOptimization

/// Executes trials in this process, each on one thread and without files.
public struct TrialInMemory: TrialExecution {
  private let environment: any BatchableEnvironment
  private let objective: TuningObjective
  private let episodes: Int
  private let balancers: BalancerRegistry

  /// Prepares trials.
  ///
  /// - Parameters:
  ///   - environment: What to train in.
  ///   - objective: What is measured.
  ///   - episodes: The episodes of the evaluation at the end.
  ///   - balancers: Where the names of balancers are looked up.
  public init(
    in environment: any BatchableEnvironment, objective: TuningObjective, episodes: Int,
    balancers: BalancerRegistry = .standard
  ) {
    self.environment = environment
    self.objective = objective
    self.episodes = episodes
    self.balancers = balancers
  }

  /// Trains and evaluates.
  public func outcome(
    of request: TrialRequest, until shouldStop: @Sendable () -> Bool
  ) throws -> TrialOutcome? {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) }
    var outcome = TrialOutcome(
      status: .complete, timesteps: 0, seconds: 0, curve: [])
    do {
      var hyperparameters = request.hyperparameters
      // Evaluations during training change nothing but the time.
      hyperparameters.evaluationInterval = 0
      if objective.isCost { hyperparameters.stopsWhenSolved = true }
      let trainer = try Trainer(
        environment, hyperparameters, seed: request.seed, threads: 1, balancers: balancers)
      try train(trainer, request, &outcome, until: shouldStop)
      (outcome.timesteps, outcome.solvedAt) = (trainer.timestep, trainer.solvedAt)
      outcome.seconds = seconds()
      if outcome.status == .stopped {
        outcome.score = objective.isCost ? cost(of: outcome, trainer) : trainer.meanReturn
        return outcome
      }
      if !trainer.isFinished { return nil }
      let evaluation = try trainer.policy.evaluate(
        in: environment, episodes: episodes, seed: request.seed, until: shouldStop)
      outcome.meanReturn = evaluation.meanReturn
      outcome.score = objective.isCost ? cost(of: outcome, trainer) : evaluation.meanReturn
    } catch let error as EvaluationError where error.problem == .stopped {
      return nil
    } catch {
      outcome.status = .failed
      outcome.failure = Self.sentence(error)
      outcome.score = nil
    }
    outcome.seconds = seconds()
    return outcome
  }

  /// Trains to the end, or until the curve falls below the medians.
  private func train(
    _ trainer: Trainer, _ request: TrialRequest, _ outcome: inout TrialOutcome,
    until shouldStop: () -> Bool
  ) throws {
    var curve: [Double?] = []
    var isHopeless = false
    try trainer.train { event in
      guard case .updated(let report) = event else { return }
      let done = report.timestep * LearningCurve.count / max(report.totalTimesteps, 1)
      while curve.count < min(done, LearningCurve.count) {
        let place = curve.count
        curve.append(report.meanReturn)
        guard LearningCurve.decisions.contains(place), let reached = report.meanReturn,
          request.medians.indices.contains(place), let median = request.medians[place]
        else { continue }
        isHopeless = isHopeless || reached < median
      }
    } until: {
      isHopeless || shouldStop()
    }
    if isHopeless && !trainer.isFinished { outcome.status = .stopped }
    // A run that ends early, because it has solved the task, stays where it is.
    if trainer.isFinished {
      while curve.count < LearningCurve.count { curve.append(trainer.meanReturn) }
    }
    outcome.curve = curve
  }

  /// The negative cost; a run that did not solve the task counts as twice a whole one.
  private func cost(of outcome: TrialOutcome, _ trainer: Trainer) -> Double {
    let hyperparameters = trainer.hyperparameters
    let steps = hyperparameters.iterationCount * hyperparameters.rolloutSize
    let costedSteps = Double(outcome.solvedAt ?? 2 * steps)
    if objective == .stepsToSolve { return -costedSteps }
    return -outcome.seconds * costedSteps / Double(max(outcome.timesteps, 1))
  }

  private static func sentence(_ error: any Error) -> String {
    if let error = error as? InvalidHyperparameter { return error.sentence.text(naming: .options) }
    return "\(error)"
  }
}
