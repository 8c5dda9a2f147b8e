import ControlEnvironments
import Testing

@testable import PolicyOptimization

@Suite("Schedules of coefficients")
struct CoefficientScheduleTests {
  private var small: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 640
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 16
    hyperparameters.minibatchSize = 32
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [8]
    hyperparameters.evaluationInterval = 0
    return hyperparameters
  }

  private func reports(_ hyperparameters: Hyperparameters) throws -> [UpdateReport] {
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    var reports: [UpdateReport] = []
    try trainer.train { if case .updated(let report) = $0 { reports.append(report) } }
    return reports
  }

  @Test("are read and written")
  func areText() {
    for (text, schedule) in [
      ("constant", .constant), ("linear", .linear(to: 0)), ("linear:0.5", .linear(to: 0.5)),
      ("cosine", .cosine(to: 0)), ("exponential:1e-5", .exponential(to: 1e-5)),
    ] as [(String, CoefficientSchedule)] {
      #expect(CoefficientSchedule(text) == schedule)
      #expect(CoefficientSchedule(schedule.description) == schedule)
    }
    for text in ["", "exponential", "linear:", "linear:x", "constant:1", "Linear", "cosine:1:2"] {
      #expect(CoefficientSchedule(text) == nil, "\(text)")
    }
  }

  @Test("move every coefficient from its value to the end of the schedule")
  func moveCoefficients() throws {
    var hyperparameters = small
    hyperparameters.divergenceCoefficient = 0.5
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.learningRateSchedule = .linear(to: 1e-4)
    hyperparameters.clipRangeSchedule = .cosine(to: 0.1)
    hyperparameters.valueCoefficientSchedule = .linear(to: 0)
    hyperparameters.entropyCoefficientSchedule = .exponential(to: 0.0001)
    hyperparameters.divergenceCoefficientSchedule = .linear(to: 1.5)
    let reports = try reports(hyperparameters)
    #expect(reports.count == 10)
    for (index, report) in reports.enumerated() {
      let part = Double(index) / 10
      func expectNear(_ found: Double, _ expected: Double) {
        #expect(abs(found - expected) <= 1e-12 * abs(expected), "update \(index)")
      }
      expectNear(report.learningRate, 3e-4 - 2e-4 * part)
      #expect(report.clipRange <= 0.2 && report.clipRange >= 0.1)
      // Under fixed coefficients the weights are the priorities.
      expectNear(report.weights[1], 0.5 * (1 - part))
      #expect(report.weights[2] <= 0.01 && report.weights[2] >= 0.0001)
      expectNear(report.weights[3], 0.5 + part)
    }
    #expect(abs(reports[5].weights[2] - 0.001) < 1e-9)
    #expect(abs(reports[5].clipRange - 0.15) < 1e-12)
  }

  @Test("move the divergence at which an update stops")
  func moveTargetDivergence() {
    var hyperparameters = small
    hyperparameters.targetDivergence = 0.02
    #expect(hyperparameters.targetDivergence(at: 0.5) == 0.02)
    hyperparameters.targetDivergenceSchedule = .linear(to: 0.01)
    #expect(abs((hyperparameters.targetDivergence(at: 0.5) ?? 0) - 0.015) < 1e-15)
  }

  @Test("of a run that is resumed go on as if it had not been interrupted")
  func resume() throws {
    var hyperparameters = small
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.entropyCoefficientSchedule = .cosine(to: 0.001)
    let whole = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    try whole.train()
    let part = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    try part.train(until: { part.timestep >= 256 })
    let resumed = try Trainer(CartPole(), resuming: part.checkpoint, threads: 1)
    try resumed.train()
    #expect(Array(resumed.parameters) == Array(whole.parameters))
  }

  @Test("a flag for annealing replaces a schedule, and a schedule wins over the flag")
  func flagReplacesSchedule() {
    var hyperparameters = small
    hyperparameters.annealsLearningRate = true
    hyperparameters.learningRateSchedule = .constant
    #expect(hyperparameters.learningRate(at: 0.5) == 3e-4)
    hyperparameters.annealsLearningRate = false
    #expect(hyperparameters.learningRateSchedule == nil)
    #expect(hyperparameters.learningRate(at: 0.5) == 3e-4)
  }

  @Test("that cannot be are refused in a sentence")
  func refusals() {
    for (adjust, part) in [
      ({ $0.entropyCoefficientSchedule = .linear(to: 0.1) }, "a schedule needs a value above 0"),
      ({ $0.targetDivergenceSchedule = .linear(to: 0.1) }, "targetDivergence is none"),
      ({ $0.clipRangeSchedule = .exponential(to: 0) }, "its end must be above 0"),
      ({ $0.learningRateSchedule = .cosine(to: -1) }, "its end must be 0 or more"),
      (
        {
          $0.entropyCoefficient = 0.1
          $0.targetEntropy = 0.5
          $0.entropyCoefficientSchedule = .linear(to: 0)
        }, "entropyCoefficientSchedule and targetEntropy both move entropyCoefficient"
      ),
    ] as [((inout Hyperparameters) -> Void, String)] {
      var hyperparameters = Hyperparameters()
      adjust(&hyperparameters)
      let error = #expect(throws: InvalidHyperparameter.self) { try hyperparameters.validate() }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
  }
}
