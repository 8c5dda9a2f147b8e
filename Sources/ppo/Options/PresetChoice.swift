import EnvironmentKit
import PolicyOptimization

/// The hyperparameters of an environment's preset: the one that is named, or the first.
func preset(named name: String?, for environment: some Environment) throws -> Hyperparameters {
  let presets = Preset.presets(for: environment.name)
  guard let name else { return presets.first?.hyperparameters ?? Hyperparameters() }
  if let preset = presets.first(where: { $0.name == name }) { return preset.hyperparameters }
  let known = presets.map(\.name).joined(separator: ", ")
  throw usage(
    "There is no preset '\(name)' for \(environment.name); "
      + (known.isEmpty ? "it has none." : "it has \(known)."))
}
