import EnvironmentKit
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// Earns 1 at each step, whatever is done, and looks the same all the time.
private struct Treadmill: Environment {
  let name = "Treadmill-v1"
  let timeLimit: Int? = 8
  let observationSpace = BoxSpace(symmetric: [1])
  let actionSpace = ActionSpace.discrete(count: 2)

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome { Outcome(reward: 1, terminated: false) }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }
}

@Suite("Truncation by a time limit")
struct TruncationTests {
  /// What the critic expects of the only observation after training with γ = 0.8.
  private func value(bootstrapsAtTimeLimits: Bool) throws -> Double {
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
    let trainer = try Trainer(Treadmill(), hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    let policy = trainer.policy
    let tape = Tape(isRecording: false)
    tape.reset(parameters: policy.parameters)
    let observation = tape.constant(Tensor(shape: [1, 1], [1]))
    return Double(policy.network(observation, on: tape).value.memory[0])
  }

  @Test("The value of a reward that never ends is r / (1 − γ), for all that episodes are cut off")
  func countsOnBeyondLimits() throws {
    let value = try value(bootstrapsAtTimeLimits: true)
    #expect(abs(value - 5) < 0.1, "\(value)")
  }

  @Test("Learnt as the end of the task, the limit takes from the value what came after it")
  func endsAtLimits() throws {
    // The mean of (1 − γᵏ) / (1 − γ) over the k = 1 to 8 steps that are left.
    let expected = (1...8).reduce(0.0) { sum, left in
      sum + (0..<left).reduce(0.0) { power, _ in 0.8 * power + 1 } / 8
    }
    #expect(abs(expected - 2.92) < 0.01)
    let value = try value(bootstrapsAtTimeLimits: false)
    #expect(abs(value - expected) < 0.5, "\(value)")
  }
}
