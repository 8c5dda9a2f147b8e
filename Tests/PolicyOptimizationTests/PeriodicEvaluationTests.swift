import ControlEnvironments
import EnvironmentKit
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Evaluations on the way")
struct PeriodicEvaluationTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 5_000
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 50
    hyperparameters.minibatchSize = 100
    hyperparameters.hiddenSizes = [16]
    hyperparameters.evaluationEpisodes = 3
    adjust(&hyperparameters)
    return hyperparameters
  }

  private func evaluations(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters
  ) throws -> [PeriodicEvaluation] {
    var evaluations: [PeriodicEvaluation] = []
    try Trainer(environment, hyperparameters, seed: 2, threads: 1).train { event in
      if case .evaluated(let evaluation) = event { evaluations.append(evaluation) }
    }
    return evaluations
  }

  @Test("come as often as asked for, and at the end")
  func comeInTime() throws {
    let steps = try evaluations(CartPole(), hyperparameters()).map(\.timestep)
    #expect(steps == [1_000, 2_000, 3_000, 4_000, 5_000])
    let other = try evaluations(CartPole(), hyperparameters { $0.evaluationInterval = 1_500 })
    #expect(other.map(\.timestep) == [1_600, 3_000, 4_600, 5_000])
    let none = try evaluations(CartPole(), hyperparameters { $0.evaluationInterval = 0 })
    #expect(none.isEmpty)
  }

  @Test("do not happen unasked where an episode may never end")
  func avoidEndlessEpisodes() throws {
    #expect(try evaluations(Endless(), hyperparameters()).isEmpty)
  }

  @Test("tell which was best so far, and do not change the training")
  func tellTheBest() throws {
    let all = try evaluations(CartPole(), hyperparameters { $0.learningRate = 3e-3 })
    var best = -Double.infinity
    for one in all {
      #expect(one.isBest == (one.evaluation.meanReturn > best))
      best = max(best, one.evaluation.meanReturn)
      #expect(one.evaluation.returns.count == 3)
    }
    let parameters = try [0, 300].map { interval in
      let trainer = try Trainer(
        CartPole(), hyperparameters { $0.evaluationInterval = interval }, seed: 2, threads: 1)
      try trainer.train()
      return trainer.policy.parameters.array
    }
    #expect(parameters[0] == parameters[1])
  }

  @Test("see other episodes than an evaluation with the seed of the run")
  func seeOtherEpisodes() throws {
    let trainer = try Trainer(CartPole(), hyperparameters(), seed: 2, threads: 1)
    var last: Evaluation?
    try trainer.train { event in
      if case .evaluated(let evaluation) = event { last = evaluation.evaluation }
    }
    #expect(try last != trainer.policy.evaluate(in: CartPole(), episodes: 3, seed: 2))
    #expect(try last == trainer.policy.evaluate(in: CartPole(), episodes: 3, seed: ~2))
  }

  @Test("a run that is to stop when the task is solved does so")
  func stopsWhenSolved() throws {
    let hyperparameters = hyperparameters { $0.stopsWhenSolved = true }
    let trainer = try Trainer(Easy(), hyperparameters, seed: 1, threads: 1)
    var evaluatedAt: [Int] = []
    try trainer.train { event in
      if case .evaluated(let evaluation) = event { evaluatedAt.append(evaluation.timestep) }
    }
    // 100 episodes of 5 steps in 4 environments are done within the third rollout of 200 steps.
    #expect(trainer.solvedAt == 500)
    #expect(trainer.timestep == 600)
    #expect(trainer.isFinished)
    #expect(evaluatedAt == [600])
  }
}

/// Earns 1 at every step of 5.
private struct Easy: Environment {
  let name = "Easy"
  let observationSpace = BoxSpace(lowest: [0], highest: [5])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 5
  let rewardThreshold: Double? = 5

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: 1, terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state)
  }
}

/// Has no time limit and no end.
private struct Endless: Environment {
  let name = "Endless"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = nil

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    Outcome(reward: 0, terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }
}
