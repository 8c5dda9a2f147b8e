import ControlEnvironments
import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Distributions of a user's own")
struct CustomDistributionTests {
  private var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 32
    hyperparameters.minibatchSize = 64
    hyperparameters.updateEpochs = 2
    hyperparameters.totalTimesteps = 256
    hyperparameters.hiddenSizes = [8]
    return hyperparameters
  }

  private func trained(_ network: some PolicyNetwork) throws -> Trainer {
    let trainer = try Trainer(
      CartPole(), hyperparameters, seed: 1, threads: 1, network: network)
    try trainer.train()
    return trainer
  }

  private func network() throws -> ActorCritic {
    try ActorCritic(
      observationCount: 4, actionSpace: .discrete(count: 2), hiddenSizes: [8])
  }

  @Test("A wrapped categorical trains and evaluates to the bits of the built-in one")
  func trainsAsTheBuiltIn() throws {
    let builtIn = try trained(network())
    let custom = try trained(Wrapping(base: network()))
    #expect(Array(builtIn.parameters) == Array(custom.parameters))
    let (one, other) = try (
      builtIn.policy.evaluate(in: CartPole(), episodes: 4, seed: 1, isStochastic: true),
      custom.policy.evaluate(in: CartPole(), episodes: 4, seed: 1, isStochastic: true)
    )
    #expect(one == other)
  }

  @Test("Is not held in a box if it is a built-in one")
  func holdsBuiltInOnes() {
    let tape = Tape(isRecording: false)
    let scores = tape.constant(Tensor(shape: [1, 2], repeating: 0))
    let held = AnyActionDistribution(AnyActionDistribution(Categorical(scores: scores)))
    guard case .categorical = held else {
      Issue.record("A categorical distribution is held as \(held).")
      return
    }
  }

  @Test("A distribution that does not fit stops before the first step, with its own sentence")
  func refusesWhatDoesNotFit() throws {
    let error = #expect(throws: NetworkMismatch.self) {
      try Trainer(
        CartPole(), hyperparameters, seed: 1, threads: 1,
        network: Wrapping(base: network(), refusal: "Expected bananas."))
    }
    #expect(error?.description == "Expected bananas.")
  }
}

/// The built-in network, whose distribution is given out as one of another type.
private struct Wrapping: PolicyNetwork {
  let base: ActorCritic
  var refusal: String?

  var layout: ParameterLayout { base.layout }
  func initialize(_ parameters: Buffer, seed: UInt64) { base.initialize(parameters, seed: seed) }

  func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
    let output = base(observations, on: tape)
    guard case .categorical(let categorical) = output.policy else { return output }
    return PolicyOutput(
      policy: Wrapped(base: categorical, refusal: refusal), value: output.value)
  }
}

private struct Wrapped: ActionDistribution {
  let base: Categorical
  let refusal: String?

  var kind: String { "wrapped" }
  func logProbability(of actions: Variable) -> Variable { base.logProbability(of: actions) }
  func entropy() -> Variable { base.entropy() }
  func writeMode(to actions: UnsafeMutablePointer<Float>) { base.writeMode(to: actions) }

  func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream
  ) {
    base.sample(to: actions, noise: noise, stream: stream)
  }

  func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {
    if let refusal { throw NetworkMismatch(description: refusal) }
  }
}
