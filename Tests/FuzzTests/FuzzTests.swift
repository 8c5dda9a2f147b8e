import ArgumentParser
import ControlEnvironments
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import StoredFiles
import Testing

@testable import PPOCommand

/// Readers get inputs that were damaged at random. Whatever they make of them, they must not trap,
/// hang or take memory without limit; a trap ends the tests.
///
/// `PPO_FUZZ=1000000` gives each reader a million inputs; without it is a few thousand. A failure
/// names the number of the input, which gives the same bytes again.
@Suite("Damaged input", .serialized)
struct FuzzTests {
  static let count =
    ProcessInfo.processInfo.environment["PPO_FUZZ"].flatMap { Int($0) } ?? 4_000

  /// Reads mutations of some seeds.
  ///
  /// - Returns: How many were read without an error: neither none nor all, or nothing is tested.
  private func readMutations(of seeds: [[UInt8]], _ read: (Data) throws -> Void) -> Int {
    var accepted = 0
    for number in 0..<Self.count {
      var mutation = Mutation(number: number)
      let input = Data(mutation.applied(to: seeds[number % seeds.count]))
      do {
        try read(input)
        accepted += 1
      } catch {
        #expect(!"\(error)".isEmpty, "input \(number)")
      }
    }
    return accepted
  }

  private func checkpoint(_ adjust: (inout Hyperparameters) -> Void) throws -> [UInt8] {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 40
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 20
    hyperparameters.minibatchSize = 40
    hyperparameters.hiddenSizes = [2]
    adjust(&hyperparameters)
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try trainer.checkpoint.write(to: url)
    // Without its checksum every change gets to what reads the content.
    var file = try Safetensors(Data(contentsOf: url))
    file.metadata["checksum"] = nil
    return Array(file.data)
  }

  @Test("of a safetensors file is read or refused")
  func safetensors() throws {
    let seeds = try [checkpoint { _ in }]
    let accepted = readMutations(of: seeds) { _ = try Safetensors($0) }
    #expect(0 < accepted && accepted < Self.count)
  }

  @Test("of a checkpoint gives a run that goes on, or is refused")
  func checkpoints() throws {
    let seeds = try [
      checkpoint {
        $0.normalizesObservations = true
        $0.normalizesReturns = true
      },
      checkpoint {
        $0.sharesTrunk = true
        $0.balancer = "anchored:every-2:gradnorm"
        $0.optimizer = .nadam
      },
      checkpoint { $0.balancer = "ema-magnitude" },
    ]
    let accepted = readMutations(of: seeds) { data in
      let checkpoint = try Checkpoint(data)
      // Numbers that are valid but large would take long and say nothing.
      guard checkpoint.hyperparameters.rolloutSize <= 1_000,
        checkpoint.hyperparameters.updateEpochs <= 100,
        checkpoint.hyperparameters.hiddenSizes.allSatisfy({ $0 < 1_000 }),
        checkpoint.hyperparameters.hiddenSizes.count < 10
      else { return }
      let trainer = try Trainer(
        CartPole(), resuming: checkpoint, totalTimesteps: checkpoint.timestep + 40, threads: 1)
      let end = trainer.timestep + 1
      try trainer.train(until: { trainer.timestep >= end })
    }
    #expect(0 < accepted && accepted < Self.count)
  }

  @Test("of a configuration is read or refused")
  func configurations() throws {
    let url = URL(fileURLWithPath: "config.json")
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    try RunConfiguration(environment: "CartPole-v1", seed: 1, hyperparameters: Hyperparameters())
      .write(to: file)
    let seeds = [
      Array(try Data(contentsOf: file)),
      Array("{ /* small */ \"env\": \"cartpole\", \"gamma\": 0.5 // half\n, \"seed\": 10}".utf8),
    ]
    let accepted = readMutations(of: seeds) { data in
      try ConfigurationFile(data, from: url).applied(to: Hyperparameters()).validate()
    }
    #expect(0 < accepted && accepted < Self.count)
  }

  @Test("of a table is read or refused")
  func tables() throws {
    let seeds = [
      "global_step,charts/seconds,charts/episodic_return\n256,0.5,20\n512,1,\n768,1.5,1e3\n",
      "\u{FEFF}global_step\r\n1\r\n2\r\n",
    ].map { Array($0.utf8) }
    let accepted = readMutations(of: seeds) { data in
      let record = try ProgressRecord(String(decoding: data, as: UTF8.self), name: "table")
      _ = record.seconds
    }
    #expect(0 < accepted && accepted < Self.count)
  }

  @Test("of a command line is understood or refused")
  func commandLines() throws {
    let seeds = [
      "train --env cartpole --seed 3 --total-timesteps 1000 --hidden-sizes 64,64 --max-grad-norm inf",
      "train --resume runs/x --learning-rate -1e-3 --no-anneal-lr --shared-trunk --json --threads 2",
      "evaluate runs/CartPole-v1-seed-1 --episodes 100 --stochastic --seed 18446744073709551615",
      "compare --env pendulum --balancers fixed,frozen:gradnorm --reward-scales 0.01,1 --seeds 3",
      "plot runs/a runs/b --x seconds --y losses -o curves.svg --force",
      "environments --json", "balancers --help", "benchmark --runs 5",
    ].map { Array($0.utf8) }
    let accepted = readMutations(of: seeds) { data in
      let words = String(decoding: data, as: UTF8.self).split(separator: " ").map(String.init)
      let command = try RootCommand.parseAsRoot(words)
      if let train = command as? Train {
        try train.options.applied(to: Hyperparameters()).validate()
        if let name = train.request.env {
          _ = try EnvironmentRegistry.builtIn.environment(named: name)
        }
      }
    }
    #expect(0 < accepted && accepted < Self.count)
  }
}
