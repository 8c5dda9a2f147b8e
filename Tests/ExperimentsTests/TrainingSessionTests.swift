import ControlEnvironments
import EnvironmentKit
import Foundation
import PolicyOptimization
import RandomStreams
import TensorCore
import Testing

@testable import Experiments

/// Episodes of five steps that earn 1 each: the task is solved as soon as one has ended.
private struct Gift: Environment {
  struct State: Codable, Sendable { var steps = 0 }
  let name = "Gift"
  let observationSpace = BoxSpace(lowest: [0], highest: [5])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 100
  let rewardThreshold: Double? = 5

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    return Outcome(reward: 1, terminated: state.steps == 5)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.steps)
  }
}

/// A network that does as another, under a name of its own.
private struct OwnNetwork: PolicyNetwork {
  let base: ActorCritic
  var layout: ParameterLayout { base.layout }
  func initialize(_ parameters: Buffer, seed: UInt64) { base.initialize(parameters, seed: seed) }
  func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
    base(observations, on: tape)
  }
}

@Suite("A training session")
struct TrainingSessionTests {
  private static var hyperparameters: Hyperparameters {
    var hyperparameters = SmallRun.hyperparameters
    hyperparameters.evaluationInterval = 0
    return hyperparameters
  }

  private func inFolder<Result>(
    of environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters = hyperparameters,
    preset: String? = nil, _ body: (RunFolder) throws -> Result
  ) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("session-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(
      RunFolder(
        creating: url,
        for: RunConfiguration(
          environment: environment.name, seed: 1, preset: preset,
          hyperparameters: hyperparameters)))
  }

  private func files(_ folder: RunFolder) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: folder.url.appendingPathComponent($0)))
      })
  }

  private func steps(_ folder: RunFolder) throws -> [Int] {
    try ProgressRecord(contentsOf: folder.progress).steps
  }

  @Test("goes on from its folder as its documentation says, and ends as one without a break")
  func resumesAsDocumented() throws {
    let hyperparameters = Self.hyperparameters
    let whole = try Trainer(CartPole(), hyperparameters, seed: 1)
    try whole.train()
    try inFolder(of: CartPole()) { folder in
      do {
        let trainer = try Trainer(CartPole(), hyperparameters, seed: 1)
        let session = try TrainingSession(trainer, in: folder, lock: RunLock(folder))
        let summary = try session.run(pausingAt: 600)
        #expect(summary.totalTimesteps == 768)
      }
      // The line of the documentation, with another environment.
      let trainer = try Trainer(CartPole(), resuming: folder.loadLatestCheckpoint())
      let session = try TrainingSession(trainer, in: folder, lock: RunLock(folder))
      #expect(try session.run().totalTimesteps == 1280)
      #expect(Array(trainer.parameters) == Array(whole.parameters))
      #expect(try steps(folder) == [256, 512, 768, 1024, 1280])
    }
  }

  @Test("can be run again: it goes on after a pause, and leaves a complete run alone")
  func runsAgain() throws {
    try inFolder(of: CartPole()) { folder in
      let trainer = try Trainer(CartPole(), Self.hyperparameters, seed: 1)
      let session = try TrainingSession(trainer, in: folder, lock: RunLock(folder))
      #expect(try session.run(pausingAt: 256).totalTimesteps == 256)
      #expect(try session.run(pausingAt: 512).totalTimesteps == 512)
      let summary = try session.run()
      #expect(summary.totalTimesteps == 1280)
      #expect(try steps(folder) == [256, 512, 768, 1024, 1280])
      let before = try files(folder)
      let again = try session.run()
      #expect(again.wallSeconds == summary.wallSeconds)
      #expect(try files(folder) == before)
    }
  }

  @Test("of a run that is complete changes nothing, in another program either")
  func leavesCompleteRuns() throws {
    try inFolder(of: Gift()) { folder in
      let trainer = try Trainer(Gift(), Self.hyperparameters, seed: 1)
      let first = try TrainingSession(trainer, in: folder, lock: RunLock(folder)).run()
      #expect(first.solvedAtSeconds != nil)
      let before = try files(folder)
      let resumed = try Trainer(Gift(), resuming: folder.loadLatestCheckpoint())
      let again = try TrainingSession(
        resumed, in: folder, lock: RunLock(folder)
      ).run()
      #expect(again.solvedAtSeconds == first.solvedAtSeconds)
      #expect(try files(folder) == before)
    }
  }

  @Test("counts the seconds of all programs that had a part in the run")
  func countsAllSeconds() throws {
    try inFolder(of: Gift()) { folder in
      let trainer = try Trainer(Gift(), Self.hyperparameters, seed: 1)
      // The first program says that it began a thousand seconds ago, and solves the task.
      let first = try TrainingSession(
        trainer, in: folder, lock: RunLock(folder), age: 1000
      ).run(pausingAt: 768)
      let solved = try #require(first.solvedAtSeconds)
      #expect(solved > 1000)
      let resumed = try Trainer(Gift(), resuming: folder.loadLatestCheckpoint())
      let second = try TrainingSession(resumed, in: folder, lock: RunLock(folder)).run()
      #expect(second.solvedAtTimestep == first.solvedAtTimestep)
      #expect(abs((second.solvedAtSeconds ?? 0) - solved) < 0.5)
      #expect(second.wallSeconds > first.wallSeconds)
      let elapsed = try #require(
        ProgressRecord(contentsOf: folder.progress)[ProgressScalars.elapsedName])
      #expect(elapsed.allSatisfy { $0 > 1000 } && elapsed == elapsed.sorted())
    }
  }

  @Test("of which the records were lost says how fast the other steps were, or nothing")
  func knowsWhatItDoesNot() throws {
    try inFolder(of: CartPole()) { folder in
      let trainer = try Trainer(CartPole(), Self.hyperparameters, seed: 1)
      _ = try TrainingSession(trainer, in: folder, lock: RunLock(folder)).run(pausingAt: 512)
      try FileManager.default.removeItem(at: folder.progress)
      for pause in [768, 1280] {
        let resumed = try Trainer(CartPole(), resuming: folder.loadLatestCheckpoint())
        let summary = try TrainingSession(
          resumed, in: folder, lock: RunLock(folder)
        ).run(pausingAt: pause)
        let speed = try #require(summary.stepsPerSecond)
        #expect(abs(speed * summary.wallSeconds - Double(pause - 512)) < 1e-6)
      }
      let read = try RunSummary(contentsOf: folder.summary)
      #expect(read.stepsPerSecond == read.stepsPerSecond.map { _ in 768 / read.wallSeconds })
      try FileManager.default.removeItem(at: folder.progress)
      try FileManager.default.removeItem(at: folder.summary)
      let finished = try Trainer(CartPole(), resuming: folder.loadLatestCheckpoint())
      let summary = try TrainingSession(finished, in: folder, lock: RunLock(folder)).run()
      #expect(summary.totalTimesteps == 1280)
      #expect(summary.stepsPerSecond == nil)
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.summary))
      #expect((json as? [String: Any])?["steps_per_second"] is NSNull)
    }
  }

  @Test("that solves the task in its second program counts from the beginning of the first")
  func solvesLater() throws {
    var hyperparameters = Self.hyperparameters
    hyperparameters.stepsPerRollout = 2
    hyperparameters.minibatchSize = 16
    try inFolder(of: Gift(), hyperparameters) { folder in
      let trainer = try Trainer(Gift(), hyperparameters, seed: 1)
      let first = try TrainingSession(
        trainer, in: folder, lock: RunLock(folder), age: 1000
      ).run(pausingAt: 16)
      #expect(first.solvedAtSeconds == nil)
      let resumed = try Trainer(Gift(), resuming: folder.loadLatestCheckpoint())
      let second = try TrainingSession(resumed, in: folder, lock: RunLock(folder), age: 5).run()
      #expect(try #require(second.solvedAtSeconds) > 1005)
    }
  }

  @Test("refuses a folder that says something else was trained")
  func comparesFolder() throws {
    try inFolder(of: CartPole()) { folder in
      let before = try files(folder)
      for (part, trainer) in [
        (
          "seed 1, but what is trained has 2",
          try Trainer(CartPole(), Self.hyperparameters, seed: 2)
        ),
        (
          "learning-rate 0.0003, but what is trained has 0.5",
          try Trainer(CartPole(), adjusted { $0.learningRate = 0.5 }, seed: 1)
        ),
        ("hidden-sizes 8", try Trainer(CartPole(), adjusted { $0.hiddenSizes = [9] }, seed: 1)),
      ] {
        let error = #expect(throws: RunFolderError.self) {
          try TrainingSession(trainer, in: folder, lock: RunLock(folder))
        }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
      }
      let other = try Trainer(Acrobot(), Self.hyperparameters, seed: 1)
      #expect(throws: RunFolderError.self) {
        try TrainingSession(other, in: folder, lock: RunLock(folder))
      }
      #expect(try files(folder) == before)
    }
  }

  private func adjusted(_ change: (inout Hyperparameters) -> Void) -> Hyperparameters {
    var hyperparameters = Self.hyperparameters
    change(&hyperparameters)
    return hyperparameters
  }

  @Test("writes down a longer run and a network that the hyperparameters do not describe")
  func recordsChanges() throws {
    try inFolder(of: CartPole()) { folder in
      let network = OwnNetwork(base: try Self.hyperparameters.makeNetwork(for: CartPole()))
      let trainer = try Trainer(CartPole(), Self.hyperparameters, seed: 1, network: network)
      _ = try TrainingSession(trainer, in: folder, lock: RunLock(folder)).run(pausingAt: 512)
      #expect(try RunConfiguration(contentsOf: folder.configuration).network == "OwnNetwork")

      let longer = try Trainer(
        CartPole(), resuming: folder.loadLatestCheckpoint(), totalTimesteps: 2560,
        network: network)
      let summary = try TrainingSession(longer, in: folder, lock: RunLock(folder)).run()
      #expect(summary.totalTimesteps == 2560)
      let filed = try RunConfiguration(contentsOf: folder.configuration)
      #expect(filed.hyperparameters.totalTimesteps == 2560 && filed.network == "OwnNetwork")

      let without = try Trainer(CartPole(), resuming: folder.loadLatestCheckpoint())
      let error = #expect(throws: RunFolderError.self) {
        try TrainingSession(without, in: folder, lock: RunLock(folder))
      }
      #expect(error?.description.contains("network OwnNetwork") == true)
    }
  }

  @Test("tells TensorBoard the preset, too")
  func writesPreset() throws {
    try inFolder(of: CartPole(), preset: "hand-made") { folder in
      let trainer = try Trainer(CartPole(), Self.hyperparameters, seed: 1)
      _ = try TrainingSession(trainer, in: folder, lock: RunLock(folder)).run()
      let events = try files(folder).filter { $0.key.hasPrefix("events") }
      #expect(events.count == 1)
      #expect(events.first?.value.range(of: Data("hand-made".utf8)) != nil)
    }
  }
}
