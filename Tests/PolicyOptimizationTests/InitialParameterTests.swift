import PolicyKinds
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Initial parameters")
struct InitialParameterTests {
  @Test(
    "of policy and value on two threads are those of one stream, one layer after another",
    arguments: PolicyKind.all)
  func areThoseOfOneThread(_ kind: PolicyKind) throws {
    let trainer = try Trainer(kind.environment, kind.hyperparameters, seed: 5, threads: 2)
    let network = try #require(trainer.network as? ActorCritic)
    let expected = Buffer(count: network.layout.count)
    var generator = RandomStream(seed: 5, purpose: .initialization, index: 0)
    network.policyTrunk.initialize(expected, using: &generator)
    network.policyHead.initialize(expected, gain: 0.01, using: &generator)
    if !kind.hyperparameters.sharesTrunk {
      network.valueTrunk.initialize(expected, using: &generator)
    }
    network.valueHead.initialize(expected, gain: 1, using: &generator)
    network.actions.initialize(expected, using: &generator)
    #expect(trainer.policy.parameters.array == expected.array)
    let alone = Buffer(count: network.layout.count)
    network.initialize(alone, seed: 5)
    #expect(alone.array == expected.array)
  }
}
