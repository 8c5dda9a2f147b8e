import ControlEnvironments
import ControlPresets
import EnvironmentKit
import Testing

@testable import PolicyOptimization

/// Whether the tests were compiled with optimisation; learning takes minutes without.
let isOptimized: Bool = {
  var isOptimized = true
  assert({ isOptimized = false }() == ())
  return isOptimized
}()

@Suite(
  "Learning",
  .enabled(if: isOptimized, "Learning needs an optimised build: swift test -c release"))
struct LearningTests {
  @Test(
    "solves CartPole with each balancer on a shared trunk and on separate networks",
    arguments: ["fixed", "running-max", "log", "gradnorm"], [false, true])
  func solvesCartPole(balancer: String, sharesTrunk: Bool) throws {
    var hyperparameters = try #require(
      Preset.builtIn(for: "CartPole-v1").first { $0.name == "rl-zoo" }
    ).hyperparameters
    hyperparameters.balancer = balancer
    hyperparameters.sharesTrunk = sharesTrunk
    var solved = 0
    for seed in 1...3 as ClosedRange<UInt64> {
      let trainer = try Trainer(CartPole(), hyperparameters, seed: seed, threads: 2)
      try trainer.train()
      let evaluation = try trainer.policy.evaluate(in: CartPole(), episodes: 100, seed: 1000 + seed)
      if evaluation.meanReturn >= 475 { solved += 1 }
    }
    // Over ten seeds at least eight in ten succeed; all three fail to only if something is broken.
    #expect(solved >= 2)
  }

  @Test("gets better at Pendulum, whose actions and rewards are real numbers")
  func improvesOnPendulum() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 100_000
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 1024
    hyperparameters.discount = 0.9
    hyperparameters.learningRate = 1e-3
    hyperparameters.normalizesReturns = true
    let trainer = try Trainer(Pendulum(), hyperparameters, seed: 1, threads: 2)
    let before = try trainer.policy.evaluate(in: Pendulum(), episodes: 50, seed: 9)
    try trainer.train()
    let after = try trainer.policy.evaluate(in: Pendulum(), episodes: 50, seed: 9)
    // A policy that does nothing gets about −1200; the published preset −172 at this point.
    #expect(before.meanReturn < -900)
    #expect(after.meanReturn > -400)
  }

  @Test(
    "learns Pendulum with each kind of deviation, squashed or clipped",
    arguments: DeviationSource.allCases, [false, true])
  func learnsPendulum(deviation: DeviationSource, squashes: Bool) throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 100_000
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 1024
    hyperparameters.discount = 0.9
    hyperparameters.learningRate = 1e-3
    hyperparameters.deviation = deviation
    if deviation == .gsde { hyperparameters.explorationInterval = 4 }
    hyperparameters.squashesActions = squashes
    let trainer = try Trainer(Pendulum(), hyperparameters, seed: 1, threads: 2)
    try trainer.train()
    // On three seeds each kind reached from −185 to −155.
    #expect(try trainer.policy.evaluate(in: Pendulum(), episodes: 50, seed: 9).meanReturn > -300)
  }
}
