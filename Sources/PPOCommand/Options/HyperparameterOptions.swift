import ArgumentParser
import PolicyOptimization

/// Every hyperparameter by its name; what is not given stays as the preset has it.
struct HyperparameterOptions: ParsableArguments {
  @OptionGroup(title: HyperparameterGroup.run.rawValue)
  var run: HyperparameterSection<RunGroup>
  @OptionGroup(title: HyperparameterGroup.rollout.rawValue)
  var rollout: HyperparameterSection<RolloutGroup>
  @OptionGroup(title: HyperparameterGroup.optimizer.rawValue)
  var optimizer: HyperparameterSection<OptimizerGroup>
  @OptionGroup(title: HyperparameterGroup.objective.rawValue)
  var objective: HyperparameterSection<ObjectiveGroup>
  @OptionGroup(title: HyperparameterGroup.balancing.rawValue)
  var balancing: HyperparameterSection<BalancingGroup>
  @OptionGroup(title: HyperparameterGroup.network.rawValue)
  var network: HyperparameterSection<NetworkGroup>
  @OptionGroup(title: HyperparameterGroup.exploration.rawValue)
  var exploration: HyperparameterSection<ExplorationGroup>
  @OptionGroup(title: HyperparameterGroup.normalization.rawValue)
  var normalization: HyperparameterSection<NormalizationGroup>
  @OptionGroup(title: HyperparameterGroup.evaluation.rawValue)
  var evaluation: HyperparameterSection<EvaluationGroup>

  /// What was given, in the order of the descriptions.
  var given: [HyperparameterSetting] {
    run.given + rollout.given + optimizer.given + objective.given + balancing.given + network.given
      + exploration.given + normalization.given + evaluation.given
  }

  /// Whether a hyperparameter was given.
  func gives(_ name: String) -> Bool { given.contains { $0.description.name == name } }

  /// A preset with what was given on the command line instead.
  ///
  /// - Throws: A sentence if a value is of another kind than the hyperparameter.
  func applied(to preset: Hyperparameters) throws -> Hyperparameters {
    var result = preset
    for setting in given where !setting.description.set(setting.value, in: &result) {
      throw usage(
        "--\(setting.description.name) is \(setting.value); it must be "
          + "\(setting.description.expectation).")
    }
    return result
  }
}
