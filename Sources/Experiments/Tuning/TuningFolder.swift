import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles

/// The folder of a search: `search.json`, `trials.csv`, `best.json` and `tuning.svg`.
public final class TuningFolder {
  /// Where it is.
  public let url: URL
  /// The trials.
  public let table: TrialTable
  /// Whether a search had begun in it.
  public let isResumed: Bool

  private let opened: OpenedFolder

  /// The configuration that `ppo train --config` reads.
  public var best: URL { url.appendingPathComponent("best.json") }
  /// The picture.
  public var picture: URL { url.appendingPathComponent("tuning.svg") }

  /// Makes the folder of a search, or goes on with the one that is there.
  ///
  /// - Throws: ``TuningError`` if what is there is something else or another search, or another program
  ///   searches in it; `WritingError` if it cannot be made.
  public init(_ url: URL, for plan: TuningPlan) throws {
    self.url = url
    let name = url.relativePath
    let search = url.appendingPathComponent("search.json")
    let content = try prettyJSON(StoredPlan(plan))
    if FileManager.default.fileExists(atPath: url.path) {
      guard let found = try? fileContents(of: search, atMost: RunConfiguration.largestFile),
        let settings = try? SettingValue.settings(found)
      else {
        throw TuningError(
          description: """
            \(name) exists already and is not the folder of a search; nothing was changed. Give \
            another name with --output.
            """)
      }
      try Self.check(settings, SettingValue.settings(content), name)
      isResumed = true
    } else {
      try makeFolders(to: url.deletingLastPathComponent())
      let draft = try DraftFolder(in: OpenedFolder(containing: url), isPrivate: false)
      try draft.folder.write(content, as: search.lastPathComponent)
      try draft.take(url.lastPathComponent)
      isResumed = false
    }
    opened = try OpenedFolder(url)
    guard try opened.lock() else {
      throw TuningError(
        description: "Another program searches in \(name); wait until it ends, or stop it.")
    }
    opened.removeLeftovers()
    table = try TrialTable("trials.csv", in: opened, space: plan.space)
  }

  private static func check(
    _ found: [String: SettingValue], _ wanted: [String: SettingValue], _ name: String
  ) throws(TuningError) {
    for key in Set(found.keys).union(wanted.keys).sorted() where found[key] != wanted[key] {
      throw TuningError(
        description: """
          \(name) holds a search with \(key) \(found[key] ?? .none), and this one has \
          \(wanted[key] ?? .none); nothing was changed. Give another folder with --output.
          """)
    }
  }

  /// Writes `best.json` and `tuning.svg`.
  public func write(_ result: TuningResult) throws {
    let plan = result.plan
    let configuration = RunConfiguration(
      environment: plan.environment, seed: plan.seed, preset: plan.preset,
      hyperparameters: result.best.hyperparameters, environmentOptions: plan.options,
      versions: plan.versions)
    try opened.write(prettyJSON(configuration), as: best.lastPathComponent)
    try opened.write(
      Data(TuningPicture(of: result).svg.utf8), as: picture.lastPathComponent)
  }
}

/// `search.json`: everything that a search depends on.
private struct StoredPlan: Encodable {
  let plan: TuningPlan

  init(_ plan: TuningPlan) { self.plan = plan }

  private enum CodingKeys: String, CodingKey {
    case environment = "env"
    case environmentOptions = "env-options"
    case versions, preset, space, objective, sampler, seed, seeds, trials, episodes
    case budgetSeconds = "budget-seconds"
    case stopsEarly = "stop-early"
    case base = "hyperparameters"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(plan.environment, forKey: .environment)
    try container.encode(plan.options, forKey: .environmentOptions)
    try container.encode(plan.versions, forKey: .versions)
    try container.encodeIfPresent(plan.preset, forKey: .preset)
    try container.encode(
      Dictionary(
        uniqueKeysWithValues: plan.space.dimensions.map { ($0.name, StoredRange($0.range)) }),
      forKey: .space)
    try container.encode(plan.objective, forKey: .objective)
    try container.encode(plan.sampler, forKey: .sampler)
    try container.encode(plan.seed, forKey: .seed)
    try container.encode(plan.seeds, forKey: .seeds)
    try container.encodeIfPresent(plan.trials, forKey: .trials)
    try container.encodeIfPresent(plan.budgetSeconds, forKey: .budgetSeconds)
    try container.encode(plan.episodes, forKey: .episodes)
    try container.encode(plan.stopsEarly, forKey: .stopsEarly)
    try container.encode(plan.base, forKey: .base)
  }
}

/// A range as ``SearchSpaceFile`` reads it.
private struct StoredRange: Encodable {
  let range: SearchRange

  init(_ range: SearchRange) { self.range = range }

  private enum CodingKeys: String, CodingKey { case low, high, scale }

  func encode(to encoder: any Encoder) throws {
    let (low, high, scale): (Double, Double, String)
    switch range {
    case .choices(let values):
      var container = encoder.singleValueContainer()
      return try container.encode(values)
    case .linear(let lowest, let highest): (low, high, scale) = (lowest, highest, "linear")
    case .logarithmic(let lowest, let highest): (low, high, scale) = (lowest, highest, "log")
    case .logarithmicFromOne(let lowest, let highest):
      (low, high, scale) = (lowest, highest, "log-from-one")
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(low, forKey: .low)
    try container.encode(high, forKey: .high)
    try container.encode(scale, forKey: .scale)
  }
}
