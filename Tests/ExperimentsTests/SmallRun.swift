import ControlEnvironments
import Experiments
import Foundation
import LossBalancing
import PolicyOptimization

/// A training run of a moment, for tests of its records.
enum SmallRun {
  static let hyperparameters: Hyperparameters = {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 1280
    hyperparameters.environmentCount = 8
    hyperparameters.stepsPerRollout = 32
    hyperparameters.minibatchSize = 128
    hyperparameters.updateEpochs = 2
    hyperparameters.hiddenSizes = [8]
    hyperparameters.sharesTrunk = true
    hyperparameters.entropyCoefficient = 0.01
    return hyperparameters
  }()

  static let configuration = RunConfiguration(
    environment: "CartPole-v1", seed: 1, hyperparameters: hyperparameters)

  static let scalars = ProgressScalars(termNames: hyperparameters.lossTerms.map(\.name))

  /// What its five updates report.
  static func reports(
    _ hyperparameters: Hyperparameters = hyperparameters, balancer: String = "gradnorm"
  ) throws -> [UpdateReport] {
    var hyperparameters = hyperparameters
    hyperparameters.balancer = balancer
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    var reports: [UpdateReport] = []
    try trainer.train { if case .updated(let report) = $0 { reports.append(report) } }
    return reports
  }

  /// The numbers of its updates, with a clock of one second an update.
  static func rows() throws -> [[Double]] {
    try reports().map {
      scalars.values(of: $0, stepsPerSecond: 256, seconds: Double($0.iteration))
    }
  }

  /// A folder that is removed when the closure returns.
  static func inFolder<Result>(_ body: (RunFolder) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("ppo-\(UUID())")
    let folder = try RunFolder(creating: url, for: configuration)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(folder)
  }
}
