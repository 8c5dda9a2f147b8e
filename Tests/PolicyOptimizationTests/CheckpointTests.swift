import ControlEnvironments
import EnvironmentKit
import Foundation
import LossBalancing
import StoredFiles
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Checkpoints")
struct CheckpointTests {
  @Test("hold a policy that acts as the trained one does", arguments: [false, true])
  func policySurvives(normalizes: Bool) throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 4_096
    hyperparameters.normalizesObservations = normalizes
    for environment in [CartPole(), Pendulum()] as [any Environment] {
      try check(environment, hyperparameters)
    }
  }

  private func check(_ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters)
    throws
  {
    let trainer = try Trainer(environment, hyperparameters, seed: 4, threads: 2)
    try trainer.train()
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try trainer.checkpoint.write(to: url)
    let read = try Checkpoint(contentsOf: url)
    #expect(read.environment == environment.name)
    #expect(read.seed == 4)
    #expect(read.timestep == trainer.timestep)
    #expect(read.hyperparameters == hyperparameters)
    let policy = try read.policy(for: environment)
    #expect(policy.parameters.array == trainer.policy.parameters.array)
    let expected = try trainer.policy.evaluate(in: environment, episodes: 10, seed: 2)
    #expect(try policy.evaluate(in: environment, episodes: 10, seed: 2) == expected)
    let drawn = try policy.evaluate(in: environment, episodes: 10, seed: 2, isStochastic: true)
    #expect(drawn != expected)
  }

  @Test("that are missing, foreign or of another network say so in a sentence")
  func refusesOthers() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try expectError(url, "no readable checkpoint")
    try Data("hello, this is text".utf8).write(to: url)
    try expectError(url, "is not a usable checkpoint")
    var foreign = Safetensors()
    foreign.arrays["weight"] = .init([1] as [Float], shape: [1])
    try foreign.data.write(to: url)
    try expectError(url, "was not written by swift-ppo")
    foreign.metadata = ["format": "swift-ppo", "version": "99"]
    try foreign.data.write(to: url)
    try expectError(url, "is of format version 99")

    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 2_048
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    try trainer.checkpoint.write(to: url)
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint(contentsOf: url).policy(for: Pendulum())
    }
    let message = try #require(error).description
    #expect(message.contains("The size of an observation was 4 and is 3."))
    var file = try trainer.checkpoint.file
    file.metadata[StoredEnvironment.key] = nil
    file.addChecksum()
    let unsaid = #expect(throws: CheckpointError.self) {
      try Checkpoint(file.data).policy(for: Pendulum())
    }
    #expect(unsaid?.description.contains("this network needs F32") == true)
  }

  @Test("of a network of one's own say so where that is not given")
  func namesOtherNetworks() throws {
    let hyperparameters = small
    let network = try ActorCritic(
      observationCount: 4, actionSpace: .discrete(count: 2), hiddenSizes: [8], sharesTrunk: true)
    let trainer = try Trainer(
      CartPole(), hyperparameters, seed: 1, threads: 1, network: network)
    let checkpoint = try trainer.checkpoint
    let expected = """
      The run was made with another network: the checkpoint holds nothing as policy.0.weight, and \
      this network needs F32 [64, 4]. Give the network that was trained as the argument 'network'.
      """
    let first = #expect(throws: CheckpointError.self) { try checkpoint.policy(for: CartPole()) }
    #expect(first?.description == expected)
    let second = #expect(throws: CheckpointError.self) {
      try Trainer(CartPole(), resuming: checkpoint, threads: 1)
    }
    #expect(second?.description == expected)
    _ = try checkpoint.policy(for: CartPole(), network: network)
    _ = try Trainer(CartPole(), resuming: checkpoint, threads: 1, network: network)
  }

  @Test("of other losses name those that are missing or too many")
  func namesOtherLosses() throws {
    let loss = AuxiliaryLoss(LossTerm(name: "smoothness", kind: .nonNegative)) { _, output, _ in
      square(output.value)
    }
    func sentence(storing stored: [AuxiliaryLoss], giving given: [AuxiliaryLoss]) throws -> String {
      let trainer = try Trainer(
        CartPole(), small, seed: 1, threads: 1, auxiliaryLosses: stored)
      let checkpoint = try trainer.checkpoint
      do {
        _ = try Trainer(
          CartPole(), resuming: checkpoint, threads: 1, auxiliaryLosses: given)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(try sentence(storing: [loss], giving: [loss]) == "none")
    #expect(
      try sentence(storing: [loss], giving: []) == """
        The run was made with the loss terms policy (signed), value (nonNegative), entropy (bonus), \
        smoothness (nonNegative); this trainer has policy (signed), value (nonNegative), entropy \
        (bonus). Give smoothness (nonNegative) to 'auxiliaryLosses'.
        """)
    #expect(
      try sentence(storing: [], giving: [loss]).hasSuffix("Leave out smoothness (nonNegative)."))
  }

  private var small: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 512
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 32
    hyperparameters.minibatchSize = 64
    return hyperparameters
  }

  @Test("whose normaliser or sizes do not fit are refused")
  func refusesUnfitting() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 2_048
    hyperparameters.normalizesObservations = true
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try trainer.checkpoint.write(to: url)
    var file = try Safetensors(Data(contentsOf: url))

    file.metadata["checksum"] = nil
    let normalizer = try #require(file.metadata["observation_normalizer"])
    file.metadata["observation_normalizer"] = normalizer.replacingOccurrences(
      of: "\"scales\":[1,", with: "\"scales\":[1,1,")
    try file.data.write(to: url)
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint(contentsOf: url).policy(for: CartPole())
    }
    #expect(error.map { "\($0)" }?.contains("normaliser of 4 components") == true)

    file.metadata["hyperparameters"] = file.metadata["hyperparameters"]?.replacingOccurrences(
      of: "[64,64]", with: "[-5]")
    try file.data.write(to: url)
    try expectError(url, "hiddenSizes contains -5")
  }

  private func expectError(_ url: URL, _ part: String) throws {
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: url) }
    let message = try #require(error).description
    #expect(message.contains(part))
  }
}
