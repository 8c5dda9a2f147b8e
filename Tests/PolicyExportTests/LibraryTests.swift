import ControlEnvironments
import EnvironmentKit
import Foundation
import PolicyExport
import PolicyKinds
import PolicyOptimization
import TensorCore
import Testing

@Suite("A policy that leaves")
struct LibraryTests {
  @Test("is used from its file in ten lines")
  func tenLines() throws {
    let environment = CartPole()
    let kind = PolicyKind("small", environment) { $0.hiddenSizes = [4] }
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("checkpoint.safetensors")
      let trainer = try Trainer(environment, kind.hyperparameters, seed: 1, threads: 1)
      try trainer.train()
      try trainer.checkpoint.write(to: file)

      let policy = try Checkpoint(contentsOf: file).policy(for: environment)
      let player = try PolicyPlayer(policy, in: environment)
      let runner = try EpisodeRunner(of: environment, seed: 1)
      while !runner.hasEnded(0) {
        _ = try runner.step([0], by: player, isStochastic: false)
      }

      let expected = try policy.evaluate(in: environment, episodes: 1, seed: 1)
      #expect(runner.episodeReturn(of: 0) == expected.returns[0])
    }
  }

  /// A network of a user's own.
  private struct OwnNetwork: PolicyNetwork {
    let base: ActorCritic
    var layout: ParameterLayout { base.layout }
    func initialize(_ parameters: Buffer, seed: UInt64) {
      base.initialize(parameters, seed: seed)
    }
    func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
      base(observations, on: tape)
    }
  }

  @Test("is refused by the name of its network where its layers are not known")
  func refusesUnknownLayers() throws {
    let environment = CartPole()
    let network = OwnNetwork(
      base: try ActorCritic(
        observationCount: 4, actionSpace: environment.actionSpace, hiddenSizes: [4]))
    let policy = TrainedPolicy(
      network: network, parameters: Buffer(count: network.layout.count), normalizer: nil)
    for format in PolicyFormat.allCases {
      let error = #expect(throws: ExportError.self) {
        try policy.exported(as: format, for: environment)
      }
      #expect(error?.description.contains("The network is of type OwnNetwork") == true)
    }
  }

  @Test("hides nothing in the comments of a header")
  func namesStayInComments() throws {
    let kind = PolicyKind("small", CartPole()) { $0.hiddenSizes = [4] }
    var options = ExportOptions()
    options.origin = ["note": "*/ int\nx; /* ??/\\ me@home @@"]
    let exported = try kind.policy().exported(as: .c, for: CartPole(), options: options)
    let text = String(decoding: exported.bytes, as: UTF8.self)
    #expect(
      text.contains("A policy for CartPole-v1, note * / int x; / * ? ?// me@home @@. Written by"))
  }

  @Test("is refused where a parameter is not finite, by the parameter's name")
  func refusesBrokenParameters() throws {
    let policy = try PolicyKind("small", CartPole()) { $0.hiddenSizes = [4] }.policy()
    var numbers = policy.parameters.array
    numbers[numbers.count - 1] = .infinity
    let last = try #require(
      policy.network.layout.slices.max { $0.range.upperBound < $1.range.upperBound })
    let broken = TrainedPolicy(
      network: policy.network, parameters: Buffer(numbers), normalizer: nil)
    for format in PolicyFormat.allCases {
      let error = #expect(throws: ExportError.self) {
        try broken.exported(as: format, for: CartPole())
      }
      #expect(error?.description.contains("'\(last.name)'") == true, "\(error as Any)")
    }
  }
}
