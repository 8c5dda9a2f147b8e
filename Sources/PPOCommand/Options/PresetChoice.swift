import EnvironmentKit
import PolicyOptimization

/// The preset of an environment: the one that is named, or the first, or one that
/// suits the kind of its actions where it is another toolkit's; `nil` where there is none.
func preset(named name: String?, for environment: any BatchableEnvironment) throws -> Preset? {
  let presets = Program.current.presets(for: environment)
  guard let name else { return presets.first ?? Preset.suiting(environment) }
  if let preset = presets.first(where: { $0.name == name }) { return preset }
  let known = presets.map(\.name).joined(separator: ", ")
  throw usage(
    "There is no preset '\(name)' for \(environment.name); "
      + (known.isEmpty ? "it has none." : "it has \(known)."))
}

extension Preset {
  /// What an environment of another toolkit without a preset is trained with, by what its actions are.
  static func suiting(_ environment: any BatchableEnvironment) -> Preset? {
    guard Program.current.environments.source(of: environment.name) != nil else { return nil }
    if case .box = environment.actionSpace { return forRealNumbers }
    return forChoices
  }

  private static let forChoices = Preset(
    "", "choices", source: "defaults for actions that are choices", reached: nil
  ) {
    $0.environmentCount = 16
    $0.stepsPerRollout = 128
    $0.minibatchSize = 256
    $0.updateEpochs = 4
    $0.annealsLearningRate = true
    $0.entropyCoefficient = 0.01
  }

  private static let forRealNumbers = Preset(
    "", "real-numbers", source: "defaults for actions that are real numbers", reached: nil
  ) {
    $0.annealsLearningRate = true
    $0.normalizesObservations = true
  }
}
