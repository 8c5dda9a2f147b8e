import ControlEnvironments
import EnvironmentKit
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("A policy that acts step by step")
struct PolicyPlayerTests {
  /// A policy with random weights, and an observation normaliser that has seen something.
  private func policy(in environment: any BatchableEnvironment) throws -> TrainedPolicy {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 32
    hyperparameters.totalTimesteps = 128
    hyperparameters.minibatchSize = 128
    hyperparameters.learningRate = 0.05
    hyperparameters.normalizesObservations = true
    let trainer = try Trainer(environment, hyperparameters, seed: 3, threads: 1)
    try trainer.train()
    return trainer.policy
  }

  private let observations: [Float] = [0.5, -1, 0.1, 0.7, -0.3, 0.2, -0.1, -1.5]

  @Test("Without draws it takes the most probable choice, and tells the probabilities")
  func choices() throws {
    let player = try PolicyPlayer(policy(in: CartPole()), in: CartPole())
    for decision in player.decide(observations, drawing: nil) {
      guard case .choices(let choices) = decision.preferences else {
        return #expect(Bool(false), "CartPole has choices.")
      }
      #expect(choices.count == 1 && choices[0].count == 2)
      #expect(abs(choices[0].reduce(0, +) - 1) < 1e-5)
      #expect(decision.action == [choices[0][1] > choices[0][0] ? 1 : 0])
      #expect(decision.value?.isFinite == true)
    }
  }

  @Test("With draws it takes each choice as often as it is probable")
  func draws() throws {
    let player = try PolicyPlayer(policy(in: CartPole()), in: CartPole())
    let one = Array(observations.prefix(4))
    let decisions = (0..<2000).map { step in
      player.decide(one, drawing: [ActionDraw(seed: 1, environment: 0, step: step)])[0]
    }
    guard case .choices(let choices) = decisions[0].preferences else {
      return #expect(Bool(false), "CartPole has choices.")
    }
    let part = Float(decisions.count { $0.action == [1] }) / 2000
    // Four deviations of a mean of 2000 draws.
    let deviation = (choices[0][1] * choices[0][0] / 2000).squareRoot()
    #expect(abs(part - choices[0][1]) < 4 * deviation)
    #expect(choices[0][1] > 0.02 && choices[0][1] < 0.98)
  }

  @Test("Real numbers have a mean and a deviation, and stay within their bounds")
  func numbers() throws {
    let player = try PolicyPlayer(policy(in: Pendulum()), in: Pendulum())
    let observation: [Float] = [0.6, 0.8, -3]
    let mode = player.decide(observation, drawing: nil)[0]
    guard case .normal(let means, let deviations) = mode.preferences else {
      return #expect(Bool(false), "The pendulum takes a number.")
    }
    #expect(mode.action == means.map { min(max($0, -2), 2) })
    #expect(deviations.count == 1 && deviations[0] > 0)
    let drawn = (0..<300).map { step in
      player.decide(observation, drawing: [ActionDraw(seed: 1, environment: 0, step: step)])[0]
        .action[0]
    }
    #expect(drawn.allSatisfy { -2...2 ~= $0 })
    #expect(Set(drawn).count > 100)
  }

  @Test("A row does not depend on the others")
  func rows() throws {
    let player = try PolicyPlayer(policy(in: CartPole()), in: CartPole())
    let draws = [
      ActionDraw(seed: 1, environment: 4, step: 9), ActionDraw(seed: 1, environment: 5, step: 2),
    ]
    let both = player.decide(observations, drawing: draws)
    let first = player.decide(Array(observations.prefix(4)), drawing: [draws[0]])
    let second = player.decide(Array(observations.suffix(4)), drawing: [draws[1]])
    #expect(both == first + second)
  }

  @Test("The observations that were given are left as they were")
  func leavesObservations() throws {
    let player = try PolicyPlayer(policy(in: CartPole()), in: CartPole())
    let before = observations
    #expect(player.decide(observations, drawing: nil) == player.decide(before, drawing: nil))
    #expect(observations == before)
  }

  @Test("Another policy acts from the next step on")
  func replaced() throws {
    let environment = CartPole()
    let player = try PolicyPlayer(policy(in: environment), in: environment)
    let before = player.decide(observations, drawing: nil)
    let old = player.policy
    let zeros = Buffer(count: old.parameters.count)
    player.policy = TrainedPolicy(
      network: old.network, parameters: zeros, normalizer: old.normalizer)
    let after = player.decide(observations, drawing: nil)
    #expect(before != after)
    #expect(after.allSatisfy { $0.value == 0 && $0.preferences == .choices([[0.5, 0.5]]) })
  }
}
