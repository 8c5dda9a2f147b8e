import ControlEnvironments
import EnvironmentKit
import Foundation
import RandomStreams
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

/// Can be several environments of one name.
private struct Variant: Environment {
  var observationSpace = BoxSpace(lowest: [0, -1], highest: [1, .infinity])
  var actionSpace = ActionSpace.box(BoxSpace(lowest: [0], highest: [50]))
  var fingerprint: String?
  let name = "Variant"
  let timeLimit: Int? = 10

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: Double(action[0]), terminated: false)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state) / 10
    observation[1] = 0
  }
}

@Suite("What a checkpoint tells of its environment")
struct StoredEnvironmentTests {
  private func checkpoint(_ environment: any BatchableEnvironment) throws -> Checkpoint {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 80
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 20
    hyperparameters.minibatchSize = 40
    hyperparameters.hiddenSizes = [3]
    let trainer = try Trainer(environment, hyperparameters, seed: 1, threads: 1)
    try trainer.train(until: { trainer.timestep == 40 })
    return try Checkpoint(trainer.checkpoint.file.data)
  }

  private func refusal(_ checkpoint: Checkpoint, _ environment: any BatchableEnvironment) throws
    -> String
  {
    let policy = #expect(throws: CheckpointError.self) { try checkpoint.policy(for: environment) }
    let run = #expect(throws: CheckpointError.self) {
      try Trainer(environment, resuming: checkpoint, threads: 1)
    }
    #expect(policy?.description == run?.description)
    return policy?.description ?? ""
  }

  @Test("fits the environment that it was made in, with a fingerprint and without")
  func fits() throws {
    for environment in [Variant(), Variant(fingerprint: "gravity 9.8")] {
      let checkpoint = try checkpoint(environment)
      _ = try checkpoint.policy(for: environment)
      try Trainer(environment, resuming: checkpoint, threads: 1).train()
    }
  }

  @Test("is compared, and the first thing that differs in each space is told")
  func refusesOthers() throws {
    let checkpoint = try checkpoint(Variant(fingerprint: "gravity 9.8"))
    var other = Variant(fingerprint: "gravity 9.8")
    other.actionSpace = .box(BoxSpace(lowest: [-1], highest: [50]))
    #expect(
      try refusal(checkpoint, other) == """
        The checkpoint is of another Variant than this one. Component 0 of an action was from 0.0 to \
        50.0 and is from -1.0 to 50.0. Use the environment that it was trained in.
        """)
    other.observationSpace = BoxSpace(lowest: [0, -1], highest: [1, 1])
    other.fingerprint = nil
    let sentence = try refusal(checkpoint, other)
    #expect(
      sentence.contains(
        "Component 1 of an observation was from -1.0 to inf and is from -1.0 to 1.0.")
    )
    #expect(sentence.contains("Component 0 of an action"))
    #expect(sentence.contains("The fingerprint was 'gravity 9.8' and is none."))
    other.actionSpace = .multiDiscrete(counts: [3, 2])
    #expect(
      try refusal(checkpoint, other).contains(
        "An action was a real number and is of 3 and 2 choices."))
  }

  @Test("is refused where it is damaged", arguments: ["\"lowest\":[", "\"highest\":["])
  func refusesDamage(name: String) throws {
    var file = try checkpoint(Variant()).file
    let text = try #require(file.metadata[StoredEnvironment.key])
    file.metadata[StoredEnvironment.key] = text.replacingOccurrences(of: name, with: name + "1,")
    file.addChecksum()
    let damaged = try Checkpoint(file.data)
    #expect(try refusal(damaged, Variant()).contains("its environment is damaged"))
  }

  @Test(
    "is not there in checkpoints of version 2 that were written before, which go on as they did")
  func readsVersion2() throws {
    let checkpoint = try Checkpoint(fixture("Checkpoints/version-2.safetensors"))
    #expect(checkpoint.timestep == 512)
    let policy = try checkpoint.policy(for: CartPole())
    #expect(try policy.evaluate(in: CartPole(), episodes: 10, seed: 1).meanReturn > 9)
    let trainer = try Trainer(CartPole(), resuming: checkpoint, threads: 1)
    try trainer.train()
    let end = try Checkpoint(fixture("Checkpoints/version-2-end.safetensors"))
    #expect(trainer.timestep == end.timestep)
    #expect(
      trainer.policy.parameters.array == (try end.policy(for: CartPole())).parameters.array)
    #expect(try trainer.checkpoint.file.metadata["episodes"] == end.file.metadata["episodes"])
    #expect(try trainer.checkpoint.file.metadata["progress"] == end.file.metadata["progress"])
  }
}
