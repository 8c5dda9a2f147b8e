import EnvironmentKit
import Foundation
import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

/// An environment whose numbers are of any size that single precision has, and sometimes of none.
private struct Wild: Environment {
  let seed: UInt64
  let actionSpace: ActionSpace
  let timeLimit: Int?
  let name = "Wild"
  let observationSpace = BoxSpace(symmetric: [.infinity, .infinity])

  /// All that has happened: numbers that cannot be written or read show there.
  struct State: Codable, Sendable {
    var steps = 0
    var last = 0.0
    var small = Float.leastNonzeroMagnitude
  }

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    state.last = number(using: &generator)
    state.small = Float(state.last)
    return Outcome(reward: state.last, terminated: generator.uniform() < 0.05)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = state.small
    observation[1] = Float(state.steps)
  }

  /// A size is drawn for the environment, so that most runs get somewhere.
  private func number(using generator: inout RandomStream) -> Double {
    var sizes = SplitMix(seed: seed)
    let exponents = [-323, -45, -38, -8, 0, 3, 18, 37, 38.5]
    let exponent = exponents[Int(sizes.next() % UInt64(exponents.count))]
    if generator.uniform() < 0.0005 { return .nan }
    return generator.normal() * pow(10, exponent)
  }
}

@Suite("What a trainer reaches")
struct ReachableStateTests {
  private func hyperparameters(_ random: inout SplitMix) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 1 + Int(random.next() % 3)
    hyperparameters.stepsPerRollout = 8
    hyperparameters.minibatchSize = 8
    hyperparameters.totalTimesteps = 5 * hyperparameters.rolloutSize
    hyperparameters.updateEpochs = 1 + Int(random.next() % 2)
    hyperparameters.hiddenSizes = [3]
    hyperparameters.recurrentSize = 3
    hyperparameters.sequenceLength = 4
    hyperparameters.evaluationEpisodes = 2
    func chance() -> Bool { random.next() % 2 == 0 }
    func pick<Value>(_ values: [Value]) -> Value {
      values[Int(random.next() % UInt64(values.count))]
    }
    hyperparameters.evaluationInterval = pick([0, hyperparameters.rolloutSize])
    hyperparameters.learningRate = pick([1e-3, 1, 1e10])
    hyperparameters.optimizer = pick(OptimizerChoice.allCases)
    hyperparameters.maximumGradientNorm = pick([nil, 0.5])
    hyperparameters.normalizesObservations = chance()
    hyperparameters.normalizesReturns = chance()
    hyperparameters.rewardScale = pick([1, 1e-20, 1e15])
    hyperparameters.valueTarget = pick(ValueTarget.allCases)
    hyperparameters.balancer = pick(["fixed", "running-max", "gradnorm", "log"])
    hyperparameters.recurrence = pick([nil, .gru, .lstm])
    hyperparameters.entropyCoefficient = pick([0.01, 1e10])
    if chance() { hyperparameters.targetEntropy = 0.1 }
    if chance() {
      hyperparameters.divergenceCoefficient = 0.2
      hyperparameters.adaptiveDivergenceTarget = 0.01
    }
    return hyperparameters
  }

  @Test("its own reader accepts, bit for bit", arguments: 0..<120 as Range<UInt64>)
  func isRead(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let hyperparameters = hyperparameters(&random)
    let environment = Wild(
      seed: random.next(),
      actionSpace: random.next() % 2 == 0
        ? .discrete(count: 3) : .box(BoxSpace(lowest: [-1, -.infinity], highest: [2, 5])),
      timeLimit: random.next() % 2 == 0 ? 6 : 30)
    let trainer = try Trainer(environment, hyperparameters, seed: seed, threads: 1)
    for _ in 0..<3 where !trainer.isFinished {
      var asked = 0
      let most = Int(random.next() % 40)
      do {
        try trainer.train(until: {
          asked += 1
          return asked > most
        })
      } catch {
        #expect(error.description.hasSuffix("."))
      }
      let written = try trainer.checkpoint.file.data
      let read = try Trainer(environment, resuming: Checkpoint(written), threads: 1)
      #expect(try read.checkpoint.file.data == written)
      _ = try Checkpoint(written).policy(for: environment)
    }
  }

  @Test("reaches the end in a good part of those runs, and fails in another")
  func isNotIdle() throws {
    var (finished, failed) = (0, 0)
    for seed in 0..<40 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let environment = Wild(seed: seed, actionSpace: .discrete(count: 3), timeLimit: 6)
      let trainer = try Trainer(environment, hyperparameters(&random), seed: seed, threads: 1)
      do {
        try trainer.train()
        finished += 1
      } catch {
        failed += 1
      }
    }
    #expect(finished >= 5 && failed >= 5, "\(finished) and \(failed)")
  }

  @Test("Numbers of any size are the same after they were stored as text")
  func textIsExact() throws {
    var random = SplitMix(seed: 1)
    var doubles = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, .infinity,
    ]
    var floats: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, 1.1754942e-38,
    ]
    for _ in 0..<2_000 {
      doubles.append(Double(bitPattern: random.next()))
      floats.append(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
    }
    // There is one text for all that are not a number.
    doubles = doubles.map { $0.isNaN ? .nan : $0 }
    floats = floats.map { $0.isNaN ? .nan : $0 }
    let read = try #require(StoredText.value([Double].self, StoredText.text(doubles)))
    #expect(read.map(\.bitPattern) == doubles.map(\.bitPattern))
    let single = try #require(StoredText.value([Float].self, StoredText.text(floats)))
    #expect(single.map(\.bitPattern) == floats.map(\.bitPattern))
  }
}
