/// Runs that differ in nothing but the seed.
struct RunGroup {
  /// What sets it apart from other groups: the values of the settings that differ.
  let name: String
  let runs: [RunRecord]

  /// How many different seeds its runs have.
  var seedCount: Int { Set(runs.map { $0.settings["seed"] ?? .none }).count }

  /// Puts runs of the same settings together, in the order in which they first appear.
  ///
  /// - Parameter runs: The runs.
  /// - Returns: The groups.
  static func groups(of runs: [RunRecord]) -> [RunGroup] {
    groups(of: runs, by: differingKeys(of: runs))
  }

  /// Puts runs of each environment together, named alike in all: by the settings that set runs of some
  /// environment apart, since all settings may differ between two environments.
  ///
  /// - Parameter runs: The runs.
  /// - Returns: The groups of each environment, by its name.
  static func groupsOfEnvironments(of runs: [RunRecord]) -> [String: [RunGroup]] {
    let parts = Dictionary(grouping: runs, by: \.environment)
    let keys = parts.values.reduce(into: Set<String>()) { $0.formUnion(differingKeys(of: $1)) }
    return parts.mapValues { groups(of: $0, by: keys) }
  }

  private static func groups(of runs: [RunRecord], by keys: Set<String>) -> [RunGroup] {
    let first = ["env", "balancer"]
    let keys = keys.sorted {
      (first.firstIndex(of: $0) ?? first.count, $0) < (first.firstIndex(of: $1) ?? first.count, $1)
    }
    var names: [String] = []
    var members: [String: [RunRecord]] = [:]
    for run in runs {
      let name = keys.map { label($0, run.settings[$0] ?? .none) }.joined(separator: ", ")
      if members[name] == nil { names.append(name) }
      members[name, default: []].append(run)
    }
    return names.map { RunGroup(name: $0, runs: members[$0] ?? []) }
  }

  /// The settings in which runs differ, besides the seed.
  private static func differingKeys(of runs: [RunRecord]) -> Set<String> {
    let keys = Set(runs.flatMap(\.settings.keys)).subtracting(["seed"])
    return keys.filter { key in Set(runs.map { $0.settings[key] ?? .none }).count > 1 }
  }

  /// The settings whose values need no name beside them.
  private static let plain: Set<String> = ["env", "balancer", "preset", "activation", "optimizer"]

  /// A setting as a part of a name.
  private static func label(_ key: String, _ value: SettingValue) -> String {
    switch value {
    case .text(let text) where plain.contains(key): text
    case .text(let text): "\(key) \(text)"
    case .flag(let flag): flag ? key : "no \(key)"
    case .number, .list, .none: "\(key) \(value)"
    }
  }
}
