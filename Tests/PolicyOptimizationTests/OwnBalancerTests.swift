import ControlEnvironments
import LossBalancing
import Testing

@testable import PolicyOptimization

@Suite("A balancer of one's own")
struct OwnBalancerTests {
  /// Lets the value count less with every minibatch, which it has to remember.
  struct Fading: RegisteredBalancer {
    static let description = BalancerDescription(
      name: "fading", summary: "lets the value fade", source: "this test")

    var terms: [LossTerm]
    var minibatches = 0.0

    init(terms: [LossTerm]) { self.terms = terms }

    var requiredInformation: RequiredInformation { .nothing }

    mutating func chooseWeights(
      _ weights: inout [Double], from measurement: LossMeasurement,
      using generator: inout any RandomNumberGenerator
    ) {
      minibatches += 1
      for index in terms.indices { weights[index] = terms[index].priority }
      weights[1] /= minibatches
    }
  }

  private static let balancers = BalancerRegistry.standard.adding(Fading.self)

  private var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 400
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 50
    hyperparameters.minibatchSize = 50
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [8]
    hyperparameters.evaluationInterval = 0
    hyperparameters.balancer = "fading"
    return hyperparameters
  }

  private func trainer() throws -> Trainer {
    try Trainer(
      CartPole(), hyperparameters, seed: 3, threads: 1, balancers: Self.balancers)
  }

  @Test("is found by its name, and its weights are those that count")
  func isUsed() throws {
    var weights: [Double] = []
    try trainer().train { event in
      if case .updated(let report) = event { weights.append(report.weights[1]) }
    }
    // Two minibatches an update, and 0.5 of priority.
    #expect(
      weights == [0.375, (1.0 / 3 + 1.0 / 4) / 4, (1.0 / 5 + 1.0 / 6) / 4, (1.0 / 7 + 1.0 / 8) / 4])
  }

  @Test("goes on where it was when a run is resumed")
  func isResumed() throws {
    let whole = try trainer()
    try whole.train()
    let first = try trainer()
    var iterations = 0
    try first.train(
      listener: { if case .iterationFinished = $0 { iterations += 1 } },
      until: { iterations == 2 })
    #expect(first.timestep == 200)
    let resumed = try Trainer(
      CartPole(), resuming: Checkpoint(first.checkpoint.file.data), threads: 1,
      balancers: Self.balancers)
    try resumed.train()
    let (expected, found) = try (whole.checkpoint.file.data, resumed.checkpoint.file.data)
    #expect(found == expected)
  }

  @Test("is not known to those who were not told of it")
  func isUnknownToOthers() throws {
    let error = #expect(throws: BalancerError.self) {
      try Trainer(CartPole(), hyperparameters, seed: 3, threads: 1)
    }
    #expect(error.map { "\($0)".contains("fading") } == true)
    let checkpoint = try trainer().checkpoint
    #expect(throws: (any Error).self) {
      try Trainer(CartPole(), resuming: checkpoint, threads: 1)
    }
  }
}
