import ControlEnvironments
import ControlPresets
import EnvironmentKit
import PolicyOptimization
import Testing

extension Tag {
  /// Takes seconds, not milliseconds: trains policies.
  @Tag static var slow: Self
}

/// Whether the tests were compiled with optimisation; learning takes minutes without.
private let isOptimized: Bool = {
  var isOptimized = true
  assert({ isOptimized = false }() == ())
  return isOptimized
}()

/// A preset with fewer steps, and the mean return that each seed must reach.
struct ShortPreset: CustomTestStringConvertible {
  let environment: String
  let steps: Int
  let floor: Double

  var testDescription: String { "\(environment), \(steps) steps, at least \(floor)" }
}

@Suite(
  "Learning with the presets", .tags(.slow),
  .enabled(if: isOptimized, "Learning needs an optimised build: swift test -c release"))
struct PresetLearningTests {
  /// The comments give what seeds 1 to 10 reached, the lowest and the highest, and what a policy
  /// that has learnt nothing earned at best. Floors stand between the two, nearer to the lowest.
  @Test(
    "a short run of each preset learns, on every seed",
    arguments: [
      // 500 and 500; 372
      ShortPreset(environment: "CartPole-v1", steps: 100_000, floor: 475),
      // −91.2 and −79.0; −100.5, on two seeds, and −500 on eight
      ShortPreset(environment: "Acrobot-v1", steps: 80_000, floor: -95),
      // −144.3 and −107.5; −200
      ShortPreset(environment: "MountainCar-v0", steps: 150_000, floor: -165),
      // 91.3 and 94.0; 0
      ShortPreset(environment: "MountainCarContinuous-v0", steps: 50_000, floor: 80),
      // −162.3 and −156.3; −1274
      ShortPreset(environment: "Pendulum-v1", steps: 60_000, floor: -220),
      // 308 and 446; 0.06
      ShortPreset(environment: "CartPoleSwingUp-v1", steps: 150_000, floor: 250),
      // 392 and 500; 19
      ShortPreset(environment: "CartDoublePendulum-v1", steps: 100_000, floor: 320),
      // 462 and 475; 27
      ShortPreset(environment: "PlanarQuadrotor-v1", steps: 100_000, floor: 400),
    ], [1, 2, 3])
  func learns(short: ShortPreset, seed: UInt64) throws {
    try learn(
      in: EnvironmentRegistry.builtIn.environment(named: short.environment), short, seed: seed)
  }

  private func learn(
    in environment: any BatchableEnvironment, _ short: ShortPreset, seed: UInt64
  ) throws {
    let preset = try #require(Preset.builtIn(for: short.environment).first)
    var hyperparameters = preset.hyperparameters
    hyperparameters.totalTimesteps = short.steps
    hyperparameters.evaluationInterval = 0
    let trainer = try Trainer(environment, hyperparameters, seed: seed, threads: 1)
    let before = try trainer.policy.evaluate(in: environment, episodes: 20, seed: 1).meanReturn
    #expect(before < short.floor, "A policy that has learnt nothing passes.")
    try trainer.train()
    let after = try trainer.policy.evaluate(in: environment, episodes: 20, seed: 1).meanReturn
    #expect(after >= short.floor)
  }
}
