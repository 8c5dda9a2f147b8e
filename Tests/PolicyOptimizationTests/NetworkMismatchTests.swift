import ControlEnvironments
import EnvironmentKit
import LossBalancing
import NeuralNetworks
import TensorCore
import Testing

@testable import PolicyOptimization

/// The usual network for CartPole with one thing wrong.
private struct CrookedNetwork: PolicyNetwork {
  enum Fault: Sendable { case none, value, choices, kind, memory, memoryCount, features }

  let fault: Fault
  let base: ActorCritic
  let gaussian: ActorCritic

  init(_ fault: Fault) throws {
    self.fault = fault
    base = try ActorCritic(
      observationCount: 4, actionSpace: .discrete(count: fault == .choices ? 3 : 2),
      hiddenSizes: [8], recurrence: fault == .memory ? .init(cell: .gru, size: 4) : nil)
    gaussian = try ActorCritic(
      observationCount: 4, actionSpace: .box(BoxSpace(symmetric: [1])), hiddenSizes: [8])
  }

  private var network: ActorCritic { fault == .kind ? gaussian : base }
  var layout: ParameterLayout { network.layout }
  var memoryCount: Int { fault == .memoryCount ? 5 : base.memoryCount }

  func initialize(_ parameters: Buffer, seed: UInt64) {
    network.initialize(parameters, seed: seed)
  }

  func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
    let inner = fault == .features ? Tape(isRecording: false) : nil
    if let inner { inner.reset(parameters: Buffer(count: layout.count)) }
    let rows = observations.shape[0]
    // What is computed on another tape leaves no features on this one.
    let output = network(
      inner.map { $0.constant(observations.tensor) } ?? observations, on: inner ?? tape)
    guard fault != .features else {
      return PolicyOutput(
        policy: .categorical(
          Categorical(scores: tape.constant(Tensor(shape: [rows, 2], repeating: 0)))),
        value: tape.constant(Tensor(shape: Shape(rows), repeating: 0)))
    }
    return PolicyOutput(
      policy: output.policy,
      value: fault == .value ? reshape(output.value, Shape(rows, 1)) : output.value)
  }
}

@Suite("Networks and losses that do not fit")
struct NetworkMismatchTests {
  private var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 256
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 64
    hyperparameters.minibatchSize = 64
    return hyperparameters
  }

  private func sentence(
    _ network: (any PolicyNetwork)?, auxiliaryLosses: [AuxiliaryLoss] = [],
    balancer: String = "fixed"
  ) -> String {
    var hyperparameters = hyperparameters
    hyperparameters.balancer = balancer
    do {
      _ = try Trainer(
        CartPole(), hyperparameters, seed: 1, threads: 1, network: network,
        auxiliaryLosses: auxiliaryLosses)
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test("A network that fits is taken")
  func takesFittingOnes() throws {
    #expect(sentence(try CrookedNetwork(.none)) == "none")
    #expect(sentence(nil, balancer: "gradnorm") == "none")
  }

  @Test("A network for other observations or actions is refused by name")
  func refusesOtherSpaces() throws {
    let other = try ActorCritic(observationCount: 3, actionSpace: .discrete(count: 2))
    #expect(
      sentence(other) == """
        The network takes observations of 3 numbers; CartPole-v1 gives 4. Make the network for this \
        environment.
        """)
    #expect(
      sentence(try CrookedNetwork(.choices)) == """
        PolicyOutput.policy, categorical, has the shape [2, 3] for 2 rows; expected [2, 2]. Bring it \
        to that shape, for example with reshape.
        """)
    #expect(
      sentence(try CrookedNetwork(.kind)) == """
        PolicyOutput.policy is Gaussian, but the actions are one of 2 choices. Give the network a \
        policy of their kind.
        """)
  }

  @Test("An output of another shape is refused by name")
  func refusesOutputs() throws {
    #expect(
      sentence(try CrookedNetwork(.value)) == """
        PolicyOutput.value has the shape [2, 1] for 2 rows; expected [2]. Bring it to that shape, for \
        example with reshape.
        """)
    #expect(
      sentence(try CrookedNetwork(.memory)) == """
        The network's memoryCount is 8, but its PolicyOutput.memory is nil. A network that remembers \
        gives [rows, memoryCount], another one nil.
        """)
    #expect(sentence(try CrookedNetwork(.memoryCount)).contains("memoryCount is 5"))
  }

  @Test("A network without features is refused where a balancer needs them")
  func refusesMissingFeatures() throws {
    #expect(sentence(try CrookedNetwork(.features)) == "none")
    #expect(
      sentence(try CrookedNetwork(.features), balancer: "gradnorm") == """
        The balancer gradnorm compares gradients at the features of the network, but the network \
        records none. Give Tape.addFeatures the outputs of its last hidden layers.
        """)
  }

  @Test("A loss that is not one number for each row is refused by name")
  func refusesLosses() {
    let mean = AuxiliaryLoss(LossTerm(name: "smoothness", kind: .nonNegative, priority: 1)) {
      rows, output, tape in sum(square(output.value))
    }
    #expect(
      sentence(nil, auxiliaryLosses: [mean]) == """
        The loss term smoothness has the shape [] for 2 rows; expected [2]. Bring it to that shape, \
        for example with reshape.
        """)
    let column = AuxiliaryLoss(LossTerm(name: "smoothness", kind: .nonNegative, priority: 1)) {
      rows, output, tape in square(reshape(output.value, Shape(rows.observations.shape[0], 1)))
    }
    #expect(sentence(nil, auxiliaryLosses: [column]).contains("has the shape [2, 1] for 2 rows"))
    let good = AuxiliaryLoss(LossTerm(name: "smoothness", kind: .nonNegative, priority: 1)) {
      rows, output, tape in square(output.value)
    }
    #expect(sentence(nil, auxiliaryLosses: [good]) == "none")
  }
}
