import ControlEnvironments
import ControlPresets
import EnvironmentKit
import PolicyOptimization
import Testing

@Suite("The presets of the built-in environments")
struct PresetTests {
  @Test("Every built-in environment has one, which is called default and comes first")
  func allHaveDefaults() {
    for name in EnvironmentRegistry.builtIn.names {
      #expect(Preset.builtIn(for: name).first?.name == "default", "\(name)")
    }
  }

  @Test(
    "Every preset is of a built-in environment, has a name of its own there and says its source")
  func areTold() {
    let names = Set(EnvironmentRegistry.builtIn.names)
    var seen: Set<String> = []
    for preset in Preset.builtIn {
      #expect(names.contains(preset.environment), "\(preset.environment)")
      #expect(seen.insert("\(preset.environment) \(preset.name)").inserted, "\(preset.name)")
      #expect(!preset.source.isEmpty)
    }
  }

  @Test("Every preset can be trained with")
  func canBeUsed() throws {
    for preset in Preset.builtIn {
      try prepare(
        EnvironmentRegistry.builtIn.environment(named: preset.environment), preset.hyperparameters)
    }
  }

  private func prepare(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters
  ) throws {
    _ = try Trainer(environment, hyperparameters, seed: 1, threads: 1)
  }

  @Test("What a preset is said to reach counts as solved")
  func reachThresholds() throws {
    for preset in Preset.builtIn {
      let environment = try EnvironmentRegistry.builtIn.environment(named: preset.environment)
      let reached = try #require(preset.reached, "\(preset.environment) \(preset.name)")
      #expect(reached.lowest <= reached.median && reached.lowest <= reached.interquartileMean)
      if let threshold = environment.rewardThreshold {
        #expect(reached.interquartileMean >= threshold, "\(preset.environment)")
      }
    }
  }
}
