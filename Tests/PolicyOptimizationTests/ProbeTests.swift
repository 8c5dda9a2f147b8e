import ControlEnvironments
import EnvironmentKit
import LossBalancing
import Testing

@testable import PolicyOptimization

@Suite("A probe of the gradients")
struct ProbeTests {
  private func small(_ balancer: String, sharesTrunk: Bool) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 900
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 60
    hyperparameters.minibatchSize = 140
    hyperparameters.updateEpochs = 3
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.hiddenSizes = [16, 17]
    hyperparameters.balancer = balancer
    hyperparameters.sharesTrunk = sharesTrunk
    return hyperparameters
  }

  private func run(
    _ hyperparameters: Hyperparameters, probeInterval: Int?
  ) throws -> (parameters: [Float], reports: [UpdateReport]) {
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 3, threads: 2)
    trainer.probeInterval = probeInterval
    var reports: [UpdateReport] = []
    try trainer.train { if case .updated(let report) = $0 { reports.append(report) } }
    return (Array(trainer.parameters), reports)
  }

  @Test(
    "changes nothing in what is learnt", arguments: BalancerRegistry.standard.names, [false, true])
  func changesNothing(balancer: String, sharesTrunk: Bool) throws {
    let hyperparameters = small(balancer, sharesTrunk: sharesTrunk)
    let without: [Float]
    do {
      without = try run(hyperparameters, probeInterval: nil).parameters
    } catch is BalancerError {
      return  // Not every method can balance a signed loss, and those say so.
    }
    #expect(try run(hyperparameters, probeInterval: 1).parameters == without)
    #expect(try run(hyperparameters, probeInterval: 4).parameters == without)
  }

  @Test("measures what a balancer that asks for it is given")
  func measuresTheSame() throws {
    let (_, asked) = try run(small("gradnorm", sharesTrunk: true), probeInterval: nil)
    let (_, probed) = try run(small("fixed", sharesTrunk: true), probeInterval: 1)
    // Both start from the same parameters; their first minibatches are the same.
    #expect(asked[0].balance.gradientNorms.allSatisfy { $0.isFinite })
    #expect(probed[0].balance.gradientNorms.allSatisfy { $0.isFinite })
    let shares = probed[0].balance.projectionShares
    #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
    #expect(abs(probed[0].balance.cosines[0] - 1) < 1e-12)
  }

  @Test("takes place at every k-th minibatch of the run")
  func happensNowAndThen() throws {
    // Nine minibatches an update: the first of the run and the 20th, which is in the third update.
    let (_, reports) = try run(small("fixed", sharesTrunk: true), probeInterval: 20)
    let isMeasured = reports.map { $0.balance.gradientNorms[0].isFinite }
    #expect(isMeasured == [true, false, true])
    #expect(reports.allSatisfy { $0.balance.weights == [1, 0.5, 0.01] })
  }
}
