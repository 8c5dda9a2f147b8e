import EnvironmentKit
import PolicyOptimization

/// The preset of an environment: the one that is named, or the first; `nil` where it has none.
func preset(named name: String?, for environment: any BatchableEnvironment) throws -> Preset? {
  let presets = Program.current.presets(for: environment)
  guard let name else { return presets.first }
  if let preset = presets.first(where: { $0.name == name }) { return preset }
  let known = presets.map(\.name).joined(separator: ", ")
  throw usage(
    "There is no preset '\(name)' for \(environment.name); "
      + (known.isEmpty ? "it has none." : "it has \(known)."))
}
