import EnvironmentKit
import NeuralNetworks
import RandomStreams
import Testing

@testable import PolicyOptimization

/// Earns 1 at each step, whatever is done, and looks the same all the time; cut off after 8 steps, by
/// its time limit or by itself.
private struct Treadmill: Environment {
  var truncatesItself = false

  let name = "Treadmill-v1"
  var timeLimit: Int? { truncatesItself ? nil : 8 }
  let observationSpace = BoxSpace(symmetric: [1])
  let actionSpace = ActionSpace.discrete(count: 2)

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: 1, truncated: truncatesItself && state == 8)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }
}

@Suite("Truncation by a time limit")
struct TruncationTests {
  /// What the critic expects in the steps of an episode after training with γ = 0.8.
  private func values(
    bootstrapsAtTimeLimits: Bool, in environment: Treadmill = Treadmill(),
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) throws -> [Double] {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 60_000
    hyperparameters.environmentCount = 8
    hyperparameters.stepsPerRollout = 64
    hyperparameters.hiddenSizes = [16]
    hyperparameters.discount = 0.8
    hyperparameters.learningRate = 3e-3
    hyperparameters.annealsLearningRate = true
    hyperparameters.maximumGradientNorm = nil
    hyperparameters.bootstrapsAtTimeLimits = bootstrapsAtTimeLimits
    hyperparameters.normalizesReturns = false
    hyperparameters.recurrentSize = 16
    adjust(&hyperparameters)
    if hyperparameters.recurrence != nil { hyperparameters.updateEpochs = 5 }
    let trainer = try Trainer(environment, hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    let player = try PolicyPlayer(trainer.policy, in: environment)
    return (0..<8).map { step in
      let situation = Situation(environment: 0, isFirst: step == 0)
      return Double(player.decide([1], in: [situation], drawing: nil)[0].value ?? .nan)
    }
  }

  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let adjust: @Sendable (inout Hyperparameters) -> Void
  }

  static let kinds = [
    Kind(testDescription: "as it is") { _ in },
    Kind(testDescription: "normalised observations") { $0.normalizesObservations = true },
    Kind(testDescription: "GRU") { $0.recurrence = .gru },
    Kind(testDescription: "LSTM") { $0.recurrence = .lstm },
    Kind(testDescription: "PopArt") { $0.valueTarget = .popart },
    Kind(testDescription: "PopArt, GRU, shared") {
      $0.valueTarget = .popart
      $0.recurrence = .gru
      $0.sharesTrunk = true
    },
    Kind(testDescription: "PopArt, LSTM, clipped value") {
      $0.valueTarget = .popart
      $0.recurrence = .lstm
      $0.clipsValueLoss = true
    },
  ]

  @Test(
    "The value of a reward that never ends is r / (1 − γ), for all that episodes are cut off",
    arguments: kinds)
  func countsOnBeyondLimits(kind: Kind) throws {
    let values = try values(bootstrapsAtTimeLimits: true, kind.adjust)
    #expect(values.allSatisfy { abs($0 - 5) < 0.1 }, "\(values)")
  }

  @Test(
    "The same where the environment cuts its episodes off itself",
    arguments: [kinds[0], kinds[1], kinds[2], kinds[4]])
  func countsOnBeyondOwnTruncation(kind: Kind) throws {
    let values = try values(
      bootstrapsAtTimeLimits: true, in: Treadmill(truncatesItself: true), kind.adjust)
    #expect(values.allSatisfy { abs($0 - 5) < 0.1 }, "\(values)")
  }

  @Test("Learnt as the end of the task, the limit takes from the value what came after it")
  func endsAtLimits() throws {
    let expected = Self.untilLimit.reduce(0, +) / 8
    #expect(abs(expected - 2.92) < 0.01)
    let value = try values(bootstrapsAtTimeLimits: false)[0]
    #expect(abs(value - expected) < 0.5, "\(value)")
  }

  /// (1 − γᵏ) / (1 − γ) for the k = 8 to 1 steps that are left.
  private static let untilLimit = (1...8).reversed().map { left in
    (0..<left).reduce(0.0) { sum, _ in 0.8 * sum + 1 }
  }

  @Test("Who remembers how long an episode has been going on knows what is left of it")
  func remembersWhatIsLeft() throws {
    let values = try values(bootstrapsAtTimeLimits: false) {
      $0.recurrence = .gru
      $0.totalTimesteps = 120_000
    }
    #expect(zip(values, Self.untilLimit).allSatisfy { abs($0 - $1) < 0.3 }, "\(values)")
  }
}
