/// Runs that differ in nothing but the seed.
struct RunGroup {
  /// What sets it apart from other groups: the values of the settings that differ.
  let name: String
  let runs: [RunRecord]

  /// How many different seeds its runs have.
  var seedCount: Int { Set(runs.map { $0.settings["seed"] ?? .none }).count }

  /// Puts runs of the same settings together, in the order in which they first appear.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - ignored: Settings that do not set runs apart.
  /// - Returns: The groups.
  static func groups(of runs: [RunRecord], ignoring ignored: Set<String> = []) -> [RunGroup] {
    let keys = differingKeys(of: runs).filter { !ignored.contains($0) }
    var names: [String] = []
    var members: [String: [RunRecord]] = [:]
    for run in runs {
      let name = keys.map { label($0, run.settings[$0] ?? .none) }.joined(separator: ", ")
      if members[name] == nil { names.append(name) }
      members[name, default: []].append(run)
    }
    return names.map { RunGroup(name: $0, runs: members[$0] ?? []) }
  }

  /// The settings in which runs differ, besides the seed; the telling ones first.
  private static func differingKeys(of runs: [RunRecord]) -> [String] {
    let keys = Set(runs.flatMap(\.settings.keys)).subtracting(["seed"])
    let differing = keys.filter { key in
      Set(runs.map { $0.settings[key] ?? .none }).count > 1
    }
    let first = ["env", "balancer"]
    return differing.sorted {
      (first.firstIndex(of: $0) ?? first.count, $0) < (first.firstIndex(of: $1) ?? first.count, $1)
    }
  }

  /// A setting as a part of a name: names speak for themselves, numbers do not.
  private static func label(_ key: String, _ value: SettingValue) -> String {
    switch value {
    case .text(let text): text
    case .flag(let flag): flag ? key : "no \(key)"
    case .number, .list, .none: "\(key) \(value)"
    }
  }
}
