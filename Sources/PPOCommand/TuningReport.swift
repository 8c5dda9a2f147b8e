import Experiments
import Foundation
import PolicyOptimization

/// What `ppo tune --json` prints.
struct TuningReport: Encodable {
  private let result: TuningResult
  private let output: String

  init(_ result: TuningResult, output: String) {
    self.result = result
    self.output = output
  }

  private enum CodingKeys: String, CodingKey {
    case environment, objective, sampler, trials, candidates, best, seeds, output
    case bestCandidate = "best_candidate"
    case searchScore = "search_score"
    case confirmedScore = "confirmed_score"
    case confirmedInterval = "confirmed_interval"
    case confirmedValues = "confirmed_values"
    case presetScore = "preset_score"
    case presetInterval = "preset_interval"
    case failedTrials = "failed_trials"
    case seconds = "wall_seconds"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let candidates = result.candidates
    try container.encode(result.plan.environment, forKey: .environment)
    try container.encode(result.plan.objective, forKey: .objective)
    try container.encode(result.sampler, forKey: .sampler)
    try container.encode(result.trialCount, forKey: .trials)
    try container.encode(candidates.count, forKey: .candidates)
    try container.encode(result.best.hyperparameters, forKey: .best)
    try container.encode(result.best.number, forKey: .bestCandidate)
    try container.encode(result.searchScore, forKey: .searchScore)
    try container.encode(result.confirmed.interquartileMean, forKey: .confirmedScore)
    try container.encode(ends(of: result.confirmed.interval), forKey: .confirmedInterval)
    try container.encode(result.confirmed.values, forKey: .confirmedValues)
    try container.encode(result.preset.interquartileMean, forKey: .presetScore)
    try container.encode(ends(of: result.preset.interval), forKey: .presetInterval)
    try container.encode(
      candidates.reduce(0) { count, candidate in
        count + (candidate.outcomes + candidate.confirmations).count { $0.status == .failed }
      }, forKey: .failedTrials)
    try container.encode(result.plan.seeds, forKey: .seeds)
    try container.encode(result.seconds, forKey: .seconds)
    try container.encode(output, forKey: .output)
  }

  /// The ends of an interval; null where there is none.
  private func ends(of interval: ClosedRange<Double>?) -> [Double]? {
    interval.map { [$0.lowerBound, $0.upperBound] }
  }

  // MARK: For people

  static func lines(_ result: TuningResult, _ folder: TuningFolder) -> [String] {
    let plan = result.plan
    let seeds = "\(plan.seeds) seed\(plan.seeds == 1 ? "" : "s")"
    func row(_ name: String, _ confirmation: TuningResult.Confirmation) -> [String] {
      [
        name, fixed(confirmation.interquartileMean, 1),
        confirmation.interval.map {
          "\(fixed($0.lowerBound, 1)) to \(fixed($0.upperBound, 1))"
        } ?? "–", fixed(confirmation.values.min() ?? .nan, 1),
        fixed(confirmation.values.max() ?? .nan, 1),
      ]
    }
    let isPreset = result.best.number == 0
    var rows = [["", "IQM of \(seeds)", "95 % interval", "lowest", "highest"]]
    rows.append(row(plan.preset == nil ? "start" : "preset", result.preset))
    if !isPreset { rows.append(row("candidate \(result.best.number)", result.confirmed)) }
    let verdict =
      isPreset
      ? "No candidate does better than what the search started from, which is kept."
      : "In the search it had \(fixed(result.searchScore, 1)): that figure chose it and promises too much."
    return [
      "\(plan.environment), \(plan.objective.rawValue) on seeds that the search has not used:"
    ] + table(rows) + [verdict] + changes(result)
      + [
        "\(result.trialCount) trials of \(result.candidates.count) candidates in "
          + "\(fixed(result.seconds, 1)) s; written to \(folder.url.relativePath)",
        "train with: \(program) train --config \(quoted(folder.best.relativePath))",
      ]
  }

  /// What the best candidate has other than the preset.
  private static func changes(_ result: TuningResult) -> [String] {
    let (best, base) = (result.best.hyperparameters, result.plan.base)
    let changes = Hyperparameters.descriptions.compactMap { description -> String? in
      let value = description.value(in: best)
      return value == description.value(in: base) ? nil : "--\(description.name) \(text(value))"
    }
    return changes.isEmpty ? [] : ["it changes: " + changes.joined(separator: " ")]
  }

  private static func text(_ value: HyperparameterValue) -> String {
    if case .real(let number) = value { return String(format: "%.4g", number) }
    return value.description
  }
}
