import ControlEnvironments
import EnvironmentKit
import Foundation
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

  private func check(_ environment: some Environment, _ hyperparameters: Hyperparameters) throws {
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
    let expected = trainer.policy.evaluate(in: environment, episodes: 10, seed: 2)
    #expect(policy.evaluate(in: environment, episodes: 10, seed: 2) == expected)
    let drawn = policy.evaluate(in: environment, episodes: 10, seed: 2, isStochastic: true)
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
    #expect(message.contains("the network needs F32"))
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
