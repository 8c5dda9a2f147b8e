import ControlEnvironments
import EnvironmentKit
import Foundation
import LossBalancing
import PolicyKinds
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

/// What must hold where several processes share a run; they are threads here.
@Suite("A run that ranks share")
struct RankTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 1_200
    hyperparameters.environmentCount = 6
    hyperparameters.stepsPerRollout = 100
    // Five blocks, of which the last has 88 rows; and one of 100 rows alone.
    hyperparameters.minibatchSize = 500
    hyperparameters.updateEpochs = 2
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.hiddenSizes = [8, 9]
    hyperparameters.evaluationEpisodes = 3
    hyperparameters.evaluationInterval = 600
    adjust(&hyperparameters)
    return hyperparameters
  }

  /// The bytes of the checkpoint at the end of a run.
  ///
  /// - Parameters:
  ///   - environment: What is trained in.
  ///   - hyperparameters: How.
  ///   - ranks: How many ranks share it.
  ///   - splitsUpdate: Whether they share minibatches, too.
  ///   - pause: After how many steps it is stopped, if it is.
  ///   - stored: The checkpoint that it goes on from, if there is one.
  /// - Returns: The bytes.
  /// - Throws: What the trainer throws.
  private func bytes(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, ranks: Int,
    splitsUpdate: Bool = false, pausingAt pause: Int? = nil, from stored: Data? = nil
  ) throws -> Data {
    let ends = ThreadRanks.run(ranks) { group -> Data in
      let trainer =
        if let stored {
          try Trainer(
            environment, resuming: Checkpoint(stored), threads: 1 + group.rank % 2, ranks: group,
            splitsUpdate: splitsUpdate)
        } else {
          try Trainer(
            environment, hyperparameters, seed: 6, threads: 1 + group.rank % 2, ranks: group,
            splitsUpdate: splitsUpdate)
        }
      var isPaused = false
      try trainer.train(listener: { event in
        if case .iterationFinished = event, group.rank == 0 {
          isPaused = pause.map { trainer.timestep >= $0 } ?? false
        }
      }) { isPaused }
      let bytes = group.rank == 0 ? try trainer.checkpoint.file.data : Data()
      trainer.finishRanks()
      return bytes
    }
    return try #require(try ends.map { try $0.get() }.first)
  }

  private func check(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters,
    ranks: ClosedRange<Int> = 2...4
  ) throws {
    let expected = try bytes(environment, hyperparameters, ranks: 1)
    for count in ranks {
      for splitsUpdate in [false, true] {
        let shared = try bytes(
          environment, hyperparameters, ranks: count, splitsUpdate: splitsUpdate)
        #expect(shared == expected, "\(count) ranks, split update: \(splitsUpdate)")
      }
    }
  }

  @Test(
    "ends with the bytes of one process, in every environment",
    arguments: EnvironmentRegistry.builtIn.names)
  func everyEnvironment(name: String) throws {
    try check(
      EnvironmentRegistry.builtIn.environment(named: name),
      hyperparameters {
        $0.normalizesObservations = true
        $0.normalizesReturns = true
      })
  }

  @Test("ends with the bytes of one process, with every kind of policy", arguments: PolicyKind.all)
  func everyKind(_ kind: PolicyKind) throws {
    try check(kind.environment, kind.hyperparameters)
  }

  @Test(
    "ends with the bytes of one process, whatever the balancer measures",
    arguments: ["fixed", "running-max", "log", "gradnorm", "mgda", "pcgrad"], [false, true])
  func everyBalancer(_ balancer: String, sharesTrunk: Bool) throws {
    try check(
      CartPole(),
      hyperparameters {
        $0.balancer = balancer
        $0.sharesTrunk = sharesTrunk
        $0.targetDivergence = 0.01
      }, ranks: 2...3)
  }

  @Test("splits minibatches of many blocks along the tree of sums", arguments: 2...5)
  func manyBlocks(ranks: Int) throws {
    // 17 blocks, and then 3: fewer than ranks may be, and neither a power of two.
    let hyperparameters = hyperparameters {
      $0.environmentCount = 8
      $0.stepsPerRollout = 320
      $0.totalTimesteps = 2_560
      $0.minibatchSize = 2_176
      $0.updateEpochs = 1
    }
    #expect(
      try bytes(CartPole(), hyperparameters, ranks: ranks, splitsUpdate: true)
        == bytes(CartPole(), hyperparameters, ranks: 1))
  }

  @Test("is paused on some ranks and resumed on others", arguments: [1, 2, 3], [1, 2, 4])
  func pauses(before: Int, after: Int) throws {
    let hyperparameters = hyperparameters { $0.normalizesObservations = true }
    let expected = try bytes(Acrobot(), hyperparameters, ranks: 1)
    let stored = try bytes(Acrobot(), hyperparameters, ranks: before, pausingAt: 600)
    #expect(stored != expected)
    #expect(
      try bytes(Acrobot(), hyperparameters, ranks: after, from: stored) == expected)
  }

  @Test("stops on all ranks when one is asked to, and takes the iteration back", arguments: 0...2)
  func stops(asked: Int) throws {
    let hyperparameters = hyperparameters()
    let ends = ThreadRanks.run(3) { group -> (Int, Data) in
      let trainer = try Trainer(CartPole(), hyperparameters, seed: 6, threads: 1, ranks: group)
      var questions = 0
      try trainer.train(until: {
        questions += 1
        return group.rank == asked && questions > 50
      })
      let bytes = group.rank == 0 ? try trainer.checkpoint.file.data : Data()
      trainer.finishRanks()
      return (trainer.timestep, bytes)
    }
    let results = try ends.map { try $0.get() }
    #expect(results.map(\.0) == [0, 0, 0])
    #expect(
      try bytes(CartPole(), hyperparameters, ranks: 1, from: results[0].1)
        == bytes(CartPole(), hyperparameters, ranks: 1))
  }

  @Test("refuses more ranks than environments")
  func refusesIdleRanks() throws {
    let hyperparameters = hyperparameters {
      $0.environmentCount = 2
      $0.minibatchSize = 100
    }
    for end in ThreadRanks.run(
      3, { try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1, ranks: $0).timestep })
    {
      let error = #expect(throws: InvalidHyperparameter.self) { try end.get() }
      #expect(
        error?.description == """
          environmentCount is 2, but 3 processes share the run; each needs at least one environment.
          """)
    }
  }

  @Test("names the rank that computes something else")
  func findsDifferences() {
    func digest(_ seed: UInt64 = 1, _ parameters: UInt32 = 7) -> RankDigest {
      RankDigest(
        configuration: 1, environment: "A", seed: seed, iteration: 100, parameters: parameters)
    }
    #expect(RankDigest.difference(in: [digest(), digest(), digest()]) == nil)
    #expect(
      RankDigest.difference(in: [digest(), digest(), digest(1, 8)])?.hasPrefix(
        "Rank 2 has other parameters at iteration 100 than rank 0.") == true)
    #expect(
      RankDigest.difference(in: [digest(), digest(2)])?.hasPrefix(
        "Rank 1 has other hyperparameters or another seed than rank 0.") == true)
    #expect(RankDigest.difference(in: [digest(), nil]) != nil)
  }
}
