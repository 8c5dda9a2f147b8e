import ControlEnvironments
import EnvironmentKit
import LossBalancing
import Testing

@testable import PolicyOptimization

@Suite("Coefficients that are moved to reach a target")
struct CoefficientControllerTests {
  @Test("that of the entropy moves in the logarithm")
  func entropy() {
    let controller = EntropyController(target: 0.5, rate: 0.1)
    var coefficient = 0.01
    for (entropy, expected) in [(1, 0.0095122943), (0.6, 0.0094176453), (0.3, 0.0096078944)] {
      coefficient = controller.coefficient(after: coefficient, entropy: entropy)
      #expect(abs(coefficient - expected) < 1e-10)
    }
    #expect(controller.coefficient(after: 0.01, entropy: 1e9) == 1e-12)
    #expect(controller.coefficient(after: 0.01, entropy: -1e9) == 1e12)
    // Just beyond where the exponential leaves its range: an exponent of 711 and of −720.
    #expect(controller.coefficient(after: 0.01, entropy: 0.5 - 7110) == 1e12)
    #expect(controller.coefficient(after: 0.01, entropy: 0.5 + 7200) == 1e-12)
    #expect(controller.coefficient(after: 0, entropy: -1e9) == 1e-12)
  }

  @Test("that of the divergence is doubled or halved")
  func divergence() {
    let controller = DivergenceController(target: 0.01)
    var coefficient = 1.0
    for (divergence, expected) in [(0.03, 2.0), (0.005, 1), (0.01, 1), (0.0149, 1)] {
      coefficient = controller.coefficient(after: coefficient, divergence: divergence)
      #expect(coefficient == expected)
    }
  }

  private func reports(_ adjust: (inout Hyperparameters) -> Void) throws -> [UpdateReport] {
    var hyperparameters = Hyperparameters()
    hyperparameters.normalizesReturns = false
    hyperparameters.totalTimesteps = 51_200
    hyperparameters.stepsPerRollout = 64
    hyperparameters.hiddenSizes = [16]
    hyperparameters.learningRate = 1e-3
    adjust(&hyperparameters)
    var reports: [UpdateReport] = []
    try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1).train { event in
      if case .updated(let report) = event { reports.append(report) }
    }
    return reports
  }

  @Test("brings the entropy of a run to its target, and keeps its weight in the balance")
  func reachesEntropy() throws {
    let reports = try reports {
      $0.entropyCoefficient = 0.01
      $0.targetEntropy = 0.6
      $0.entropyRate = 0.5
    }
    let last = reports.suffix(20)
    let entropy = last.reduce(0) { $0 + $1.entropy } / 20
    #expect(abs(entropy - 0.6) < 0.05)
    #expect(reports[0].weights[2] == 0.01)
    #expect(reports[50].weights[2] != 0.01)
  }

  @Test("holds the policy back where nothing else does")
  func reachesDivergence() throws {
    func mean(_ reports: [UpdateReport]) -> Double {
      reports.suffix(60).reduce(0) { $0 + $1.approximateDivergence } / 60
    }
    let free = try reports { $0.clipRange = 10 }
    let held = try reports {
      $0.clipRange = 10  // So that only the penalty holds the policy back.
      $0.divergenceCoefficient = 1
      $0.adaptiveDivergenceTarget = 0.003
    }
    #expect(mean(held) < mean(free) / 5)
    #expect(held[0].balance.names == ["policy", "value", "entropy", "divergence"])
    #expect(Set(held.map { $0.weights[3] }).count > 1)
  }

  @Test("needs a coefficient to start from")
  func refusesZero() throws {
    for (adjust, part) in [
      ({ $0.targetEntropy = 0.5 }, "targetEntropy moves"),
      ({ $0.adaptiveDivergenceTarget = 0.01 }, "adaptiveDivergenceTarget moves"),
    ] as [((inout Hyperparameters) -> Void, String)] {
      var hyperparameters = Hyperparameters()
      adjust(&hyperparameters)
      let error = #expect(throws: InvalidHyperparameter.self) { try hyperparameters.validate() }
      #expect(error?.description.contains(part) == true)
    }
  }
}
