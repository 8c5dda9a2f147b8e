import Foundation
import PolicyOptimization
import RandomStreams
import StoredFiles
import Synchronization

@testable import Experiments

/// Trials whose score is a function of the learning rate and γ, with a noise for each seed: no training.
struct FormulaTrials: TrialExecution {
  /// The candidates that fail.
  var failing: @Sendable (TrialRequest) -> Bool = { _ in false }
  /// The requests, in the order in which they came.
  let requests = RequestList()

  final class RequestList: Sendable {
    private let list = Mutex<[TrialRequest]>([])
    var all: [TrialRequest] { list.withLock { $0 } }
    func append(_ request: TrialRequest) { list.withLock { $0.append(request) } }
  }

  static let space = SearchSpace([
    .init("learning-rate", .logarithmic(low: 1e-5, high: 1e-1)),
    .init("gamma", .logarithmicFromOne(low: 0.9, high: 0.999)),
  ])

  /// The best point is (0.7, 0.3), where the score is 0 but for the noise.
  static func score(_ hyperparameters: Hyperparameters, seed: UInt64) -> Double {
    let point = space.point(of: hyperparameters)
    var draws = RandomStream(seed: seed, purpose: .other, index: Int(1e4 * point[0]))
    let distance = (point[0] - 0.7) * (point[0] - 0.7) + (point[1] - 0.3) * (point[1] - 0.3)
    return -distance + 0.01 * draws.normal()
  }

  func outcome(
    of request: TrialRequest, until shouldStop: @Sendable () -> Bool
  ) throws -> TrialOutcome? {
    if shouldStop() { return nil }
    requests.append(request)
    if failing(request) {
      return TrialOutcome(
        status: .failed, timesteps: 0, seconds: 0, curve: [], failure: "A \"sum\", is\nNaN.")
    }
    let score = Self.score(request.hyperparameters, seed: request.seed)
    // Some take longer than others, so that jobs end in another order.
    usleep(UInt32(abs(score) * 2_000))
    let curve = (1...LearningCurve.count).map { Double?(score - 1 / Double($0)) }
    for place in LearningCurve.decisions where request.medians.indices.contains(place) {
      if let median = request.medians[place], let reached = curve[place], reached < median {
        return TrialOutcome(
          status: .stopped, score: reached, timesteps: place, seconds: 0.1,
          curve: Array(curve.prefix(place + 1)))
      }
    }
    return TrialOutcome(
      status: .complete, score: score, meanReturn: score, timesteps: 10, seconds: 0.3, curve: curve)
  }
}

extension TuningPlan {
  /// A search with ``FormulaTrials``.
  static func formula(trials: Int = 60, seed: UInt64 = 1) -> TuningPlan {
    TuningPlan(
      environment: "Formula", base: Hyperparameters(), space: FormulaTrials.space, seed: seed,
      trials: trials)
  }
}

extension TuningResult {
  /// Everything that was proposed and found, without times.
  var essence: [String] {
    candidates.map { candidate in
      let scores = (candidate.outcomes + candidate.confirmations).map {
        "\($0.status) \($0.score ?? .nan)"
      }
      return "\(candidate.number) \(candidate.point) \(scores)"
    }
  }
}

/// A folder that is removed when the closure returns.
func inTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tuning-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
