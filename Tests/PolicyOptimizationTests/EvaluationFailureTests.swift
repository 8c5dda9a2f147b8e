import EnvironmentKit
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// Earns 1 at each step, and what it is told to once one choice was held for 30 steps; may show the
/// same instead.
private struct Stuck: Environment {
  var reward = Double.nan
  var observation: Float = 1
  var timeLimit: Int? = 60
  let name = "Stuck"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  var actionSpace = ActionSpace.discrete(count: 2)

  struct State: Codable, Sendable {
    var choice = 0
    var held = 0
  }

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let choice =
      actionSpace.componentCount == 1 && actionSpace.choiceCounts == [2]
      ? action.choice(among: 2) : 0
    state.held = choice == state.choice ? state.held + 1 : 1
    state.choice = choice
    return Outcome(reward: state.held < 30 ? 1 : reward, terminated: false)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = state.held < 30 ? 1 : self.observation
  }
}

@Suite("An evaluation that goes wrong")
struct EvaluationFailureTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 400
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 20
    hyperparameters.minibatchSize = 40
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [4]
    hyperparameters.evaluationEpisodes = 3
    adjust(&hyperparameters)
    return hyperparameters
  }

  @Test(
    "stops training, names the place and keeps a checkpoint that can be gone on from",
    arguments: [
      (Stuck(), "reward is nan"), (Stuck(reward: 1e39), "reward is inf"),
      (Stuck(reward: 1, observation: .infinity), "observation is inf"),
    ])
  private func stopsTraining(environment: Stuck, what: String) throws {
    let trainer = try Trainer(environment, hyperparameters(), seed: 1, threads: 1)
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    #expect(error?.place == .evaluation(episode: 0, step: 30))
    let sentence = try #require(error).description
    #expect(sentence.contains("The \(what) in episode 0 of an evaluation in Stuck, after 30 steps"))
    #expect(sentence.hasSuffix("The iteration began at timestep 40; the seed is 1."))
    #expect(trainer.timestep == 40)
    let stored = try Checkpoint(trainer.checkpoint.file.data)
    let resumed = try Trainer(environment, resuming: stored, threads: 1)
    let again = #expect(throws: TrainingError.self) { try resumed.train() }
    #expect(again?.description == sentence)
  }

  @Test("throws where a policy is evaluated by itself")
  func throwsByItself() throws {
    let trainer = try Trainer(Stuck(), hyperparameters(), seed: 1, threads: 1)
    let error = #expect(throws: EvaluationError.self) {
      try trainer.policy.evaluate(in: Stuck(), episodes: 2, seed: 1)
    }
    guard case .notFinite(.reward, let value) = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(value.isNaN)
    #expect(error?.environment == "Stuck")
  }

  /// Such weights are finite, and resuming from them fails at the first step.
  @Test(
    "throws where a policy has diverged, and so do episodes that are shown",
    arguments: [ActionSpace.discrete(count: 2), .box(BoxSpace(symmetric: [1]))], [false, true])
  func findsDivergedPolicies(space: ActionSpace, squashes: Bool) throws {
    var environment = Stuck(reward: 1)
    environment.actionSpace = space
    let hyperparameters = hyperparameters {
      if case .box = space { $0.squashesActions = squashes }
    }
    let trainer = try Trainer(environment, hyperparameters, seed: 1, threads: 1)
    let good = trainer.policy
    let policy = TrainedPolicy(
      network: good.network,
      parameters: Buffer(Array(repeating: 1e38, count: good.parameters.count)), normalizer: nil)
    let error = #expect(throws: EvaluationError.self) {
      try policy.evaluate(in: environment, episodes: 2, seed: 1)
    }
    #expect(error?.description.contains("The policy has diverged") == true)
    let batch = try EpisodeRunner(of: environment, seed: 1)
    let shown = #expect(throws: DecisionError.self) {
      try batch.step([0], by: PolicyPlayer(policy, in: environment), isStochastic: false)
    }
    #expect(shown?.description.contains("The policy has diverged") == true)
  }

  @Test("throws where a state allows no action")
  func findsStatesWithoutChoice() throws {
    let environment = Cornered()
    let trainer = try Trainer(environment, hyperparameters(), seed: 1, threads: 1)
    let error = #expect(throws: EvaluationError.self) {
      try trainer.policy.evaluate(in: environment, episodes: 2, seed: 1)
    }
    #expect(error?.problem == .noValidChoice(component: 0))
    #expect(error?.step == 7)
  }

  @Test("without an end is left after as many steps as it is given, and says so")
  func leavesEndlessEpisodes() throws {
    let environment = Stuck(reward: 2, timeLimit: nil)
    let trainer = try Trainer(environment, hyperparameters(), seed: 1, threads: 1)
    let evaluation = try trainer.policy.evaluate(
      in: environment, episodes: 2, seed: 1, stepLimit: 50)
    #expect(evaluation.unfinishedCount == 2)
    #expect(evaluation.lengths == [50, 50])
    #expect(evaluation.returns == [71, 71])
    let limited = try trainer.policy.evaluate(
      in: environment.limited(to: 70), episodes: 2, seed: 1, stepLimit: 50)
    #expect(limited.unfinishedCount == 0)
    #expect(limited.lengths == [70, 70])

    var warnings = TrainingWarnings(for: environment.actionSpace)
    let report = PeriodicEvaluation(timestep: 40, evaluation: evaluation, isBest: true)
    #expect(warnings.inspect(report).map(\.kind) == [.unfinishedEvaluation])
    #expect(warnings.inspect(report).isEmpty)
  }
}

/// Allows no choice after 7 steps.
private struct Cornered: Environment {
  let name = "Cornered"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 20
  let hasActionMask = true

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: 1, terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }

  func writeActionMask(of state: Int, into mask: inout MutableSpan<Bool>) {
    if state == 7 { for choice in 0..<2 { mask[choice] = false } }
  }
}
