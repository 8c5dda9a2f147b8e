import EnvironmentKit
import Foundation
import RandomStreams
import Synchronization
import Testing

@testable import PolicyOptimization

/// Counts the steps of all of its states, and never ends by itself.
private struct Metered: Environment {
  let steps: Counter
  var timeLimit: Int?
  let name = "Metered"
  let observationSpace = BoxSpace(symmetric: [1])
  let actionSpace = ActionSpace.discrete(count: 2)

  final class Counter: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.add(1, ordering: .relaxed) }
  }

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    steps.add()
    state += 1
    return Outcome(reward: 1, terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = state % 2 == 0 ? 1 : -1
  }
}

/// The same with an object as state, which cannot be taken back.
private struct Irrevocable: Environment {
  let name = "Irrevocable"
  let observationSpace = BoxSpace(symmetric: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 30

  final class State: Codable, @unchecked Sendable {
    var steps = 0
  }

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    return Outcome(reward: action[0] == 0 ? 1 : 0, terminated: false)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = state.steps % 2 == 0 ? 1 : -1
  }
}

@Suite("A request to stop")
struct StoppingTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 600
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 50
    hyperparameters.minibatchSize = 100
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [4]
    hyperparameters.evaluationEpisodes = 3
    adjust(&hyperparameters)
    return hyperparameters
  }

  @Test("is heard at the next step of a rollout", arguments: [1, 2, 4])
  func inRollout(threads: Int) throws {
    let environment = Metered(steps: .init())
    let trainer = try Trainer(
      environment, hyperparameters { $0.evaluationInterval = 0 }, seed: 1, threads: threads)
    try trainer.train(until: { environment.steps.count > 20 })
    // Only the calling thread asks; on a busy machine others may have taken all shares before it does.
    if threads == 1 { #expect(environment.steps.count < 200) }
    #expect(trainer.timestep == 0)
    try trainer.train()
    let expected = try Trainer(
      environment, hyperparameters { $0.evaluationInterval = 0 }, seed: 1, threads: 1)
    try expected.train()
    let (one, other) = try (trainer.checkpoint.file.data, expected.checkpoint.file.data)
    #expect(one == other)
  }

  @Test("is heard at the next step of an evaluation that would hardly end")
  func inEvaluation() throws {
    let environment = Metered(steps: .init())
    let trainer = try Trainer(
      environment, hyperparameters { $0.evaluationInterval = 200 }, seed: 1, threads: 1)
    try trainer.train(until: { environment.steps.count > 250 })
    #expect(environment.steps.count < 260)
    #expect(trainer.timestep == 200)
    #expect(!trainer.isFinished)
  }

  @Test("is heard within a step of an evaluation of many episodes, before all of them have acted")
  func withinStep() throws {
    let environment = Metered(steps: .init())
    let policy = try Trainer(environment, hyperparameters(), seed: 1, threads: 1).policy
    for (allowed, stepped) in [(0, 0), (2, 0), (3, 3), (5, 9), (6, 10)] {
      let before = environment.steps.count
      let run = try EvaluationRun(
        of: policy, in: environment, numbers: 0..<10, seed: 1, isStochastic: false, rowsAtOnce: 3)
      var asked = 0
      let result = Result {
        try run.step(until: {
          asked += 1
          return asked > allowed
        })
      }
      // Three questions between four parts of the choice of actions, and three between four of the steps.
      #expect((allowed < 6) == ((try? result.get()) == nil), "\(allowed)")
      #expect(environment.steps.count - before == stepped, "\(allowed)")
    }
  }

  @Test("in an evaluation is heard where states cannot be taken back, and nothing is lost")
  func whereStatesAreObjects() throws {
    let hyperparameters = hyperparameters { $0.evaluationInterval = 200 }
    let whole = try Trainer(Irrevocable(), hyperparameters, seed: 1, threads: 1)
    var expected: [Int] = []
    try whole.train { if case .evaluated(let report) = $0 { expected.append(report.timestep) } }
    #expect(expected == [200, 400, 600])

    var evaluated: [Int] = []
    var trainer = try Trainer(Irrevocable(), hyperparameters, seed: 1, threads: 1)
    for _ in 0..<20 where !trainer.isFinished {
      var asked = 0
      try trainer.train { event in
        if case .evaluated(let report) = event { evaluated.append(report.timestep) }
      } until: {
        asked += 1
        return asked > 20
      }
      // An evaluation takes 30 steps, and is not finished in 20: this time it is.
      var isOver = false
      try trainer.train { event in
        if case .evaluated(let report) = event {
          evaluated.append(report.timestep)
          isOver = true
        }
      } until: {
        isOver
      }
      let stored = try Checkpoint(trainer.checkpoint.file.data)
      trainer = try Trainer(Irrevocable(), resuming: stored, threads: 1)
    }
    #expect(evaluated == expected)
    let (one, other) = try (trainer.checkpoint.file.data, whole.checkpoint.file.data)
    #expect(one == other)
  }

  @Test("in the last evaluation of a run leaves it to be done")
  func inLastEvaluation() throws {
    let hyperparameters = hyperparameters { $0.evaluationInterval = 600 }
    let environment = Metered(steps: .init(), timeLimit: 40)
    let trainer = try Trainer(environment, hyperparameters, seed: 1, threads: 1)
    try trainer.train(until: { trainer.timestep == 600 })
    #expect(trainer.timestep == 600)
    #expect(!trainer.isFinished)
    let resumed = try Trainer(
      environment, resuming: Checkpoint(trainer.checkpoint.file.data), threads: 1)
    var events: [String] = []
    try resumed.train { event in
      switch event {
      case .evaluated: events.append("evaluated")
      case .iterationFinished: events.append("finished")
      default: events.append("other")
      }
    }
    #expect(events == ["evaluated", "finished"])
    #expect(resumed.isFinished)
  }
}
