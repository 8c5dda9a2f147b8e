import PolicyOptimization
import TensorCore

extension Preset {
  /// The presets of an environment; the first is what it is trained with if nothing is said.
  public static func builtIn(for environment: String) -> [Preset] {
    builtIn.filter { $0.environment == environment }
  }

  /// The presets of the built-in environments.
  ///
  /// They were tuned on seeds 1 to 90, and three of them once more after a look at seeds 101 to 110.
  /// The returns are those of seeds 201 to 210, by which no value was chosen: for each the mean of
  /// 100 deterministic episodes after the last step. `studies presets`, in the package Benchmarks,
  /// measures them. What a preset does not name is as `Hyperparameters` has it.
  public static let builtIn = [
    Preset(
      "CartPole-v1", "default", source: "searched for the least time to a solved task",
      reached: ReachedReturns(interquartileMean: 500, median: 500, lowest: 500)
    ) {
      $0.totalTimesteps = 100_000
      $0.environmentCount = 32
      $0.stepsPerRollout = 32
      $0.minibatchSize = 64
      $0.updateEpochs = 3
      $0.discount = 0.98
      $0.traceDecay = 0.9
      $0.learningRate = 4.5e-3
      $0.annealsLearningRate = true
      $0.annealsClipRange = true
      $0.hiddenSizes = [48]
      $0.sharesTrunk = true
      $0.normalizesReturns = false
    },

    // The Zoo's value loss has no ½, so its coefficient of 0.5 is 1 here.
    Preset(
      "CartPole-v1", "rl-zoo", source: "RL Baselines3 Zoo, hyperparams/ppo.yml",
      reached: ReachedReturns(interquartileMean: 500, median: 500, lowest: 500)
    ) {
      $0.totalTimesteps = 100_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 32
      $0.minibatchSize = 256
      $0.updateEpochs = 20
      $0.discount = 0.98
      $0.traceDecay = 0.8
      $0.learningRate = 1e-3
      $0.annealsLearningRate = true
      $0.annealsClipRange = true
      $0.valueCoefficient = 1
      $0.normalizesReturns = false
    },

    Preset(
      "Acrobot-v1", "default", source: "RL Baselines3 Zoo, with shorter rollouts and more epochs",
      reached: ReachedReturns(interquartileMean: -78.4, median: -78.9, lowest: -83.3)
    ) {
      $0.totalTimesteps = 300_000
      $0.environmentCount = 16
      $0.stepsPerRollout = 128
      $0.minibatchSize = 256
      $0.updateEpochs = 10
      $0.traceDecay = 0.94
      $0.learningRate = 1e-3
      $0.annealsLearningRate = true
      $0.valueCoefficient = 1
      $0.normalizesObservations = true
      $0.normalizesReturns = true
    },

    Preset(
      "MountainCar-v0", "default", source: "RL Baselines3 Zoo, with more environments and epochs",
      reached: ReachedReturns(interquartileMean: -100.8, median: -99.7, lowest: -107.5)
    ) {
      $0.totalTimesteps = 500_000
      $0.environmentCount = 32
      $0.stepsPerRollout = 16
      $0.minibatchSize = 64
      $0.updateEpochs = 10
      $0.traceDecay = 0.98
      $0.learningRate = 5e-4
      $0.annealsLearningRate = true
      $0.valueCoefficient = 1
      $0.normalizesObservations = true
      $0.normalizesReturns = true
    },

    // A noise that stays for a whole rollout swings the car up by chance, sooner or later.
    Preset(
      "MountainCarContinuous-v0", "default",
      source: "gSDE as in RL Baselines3 Zoo, with more and longer rollouts",
      reached: ReachedReturns(interquartileMean: 93.6, median: 93.6, lowest: 91.6)
    ) {
      $0.totalTimesteps = 50_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 256
      $0.discount = 0.999
      $0.learningRate = 3e-4
      $0.annealsLearningRate = true
      $0.deviation = .gsde
      $0.initialLogDeviation = -1.5
      $0.normalizesObservations = true
      $0.normalizesReturns = true
    },

    Preset(
      "Pendulum-v1", "default",
      source: "gSDE as in RL Baselines3 Zoo, with ReLU, PopArt and a longer horizon",
      reached: ReachedReturns(interquartileMean: -146.3, median: -146.1, lowest: -150.9)
    ) {
      $0.totalTimesteps = 100_000
      $0.environmentCount = 4
      $0.stepsPerRollout = 512
      $0.discount = 0.98
      pendulum(&$0)
    },

    Preset(
      "Pendulum-v1", "long", source: "the same, with larger rollouts",
      reached: ReachedReturns(interquartileMean: -145.1, median: -145.3, lowest: -148.6)
    ) {
      $0.totalTimesteps = 300_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 512
      $0.minibatchSize = 128
      $0.discount = 0.985
      $0.traceDecay = 0.98
      pendulum(&$0)
    },

    Preset(
      "CartPoleSwingUp-v1", "default", source: "searched by hand",
      reached: ReachedReturns(interquartileMean: 447.6, median: 447.8, lowest: 439.2)
    ) {
      $0.totalTimesteps = 300_000
      $0.valueTarget = .popart
      $0.normalizesReturns = false
      control(&$0)
    },

    Preset(
      "CartDoublePendulum-v1", "default", source: "searched by hand",
      reached: ReachedReturns(interquartileMean: 500, median: 500, lowest: 486.6)
    ) {
      $0.totalTimesteps = 200_000
      $0.valueTarget = .popart
      $0.normalizesReturns = false
      control(&$0)
    },

    Preset(
      "PlanarQuadrotor-v1", "default", source: "searched by hand",
      reached: ReachedReturns(interquartileMean: 471.3, median: 471.3, lowest: 454.0)
    ) {
      $0.totalTimesteps = 200_000
      $0.normalizesReturns = true
      control(&$0)
    },
  ]
}

/// What both presets of `Pendulum-v1` have in common.
private func pendulum(_ hyperparameters: inout Hyperparameters) {
  hyperparameters.learningRate = 1e-3
  hyperparameters.annealsLearningRate = true
  hyperparameters.valueCoefficient = 1
  hyperparameters.valueTarget = .popart
  hyperparameters.normalizesReturns = false
  hyperparameters.activation = .relu
  hyperparameters.deviation = .gsde
  hyperparameters.explorationInterval = 4
}

/// What the presets of the tasks with a cart or a drone have in common.
private func control(_ hyperparameters: inout Hyperparameters) {
  hyperparameters.environmentCount = 16
  hyperparameters.stepsPerRollout = 128
  hyperparameters.minibatchSize = 128
  hyperparameters.discount = 0.98
  hyperparameters.learningRate = 1e-3
  hyperparameters.annealsLearningRate = true
  hyperparameters.normalizesObservations = true
}
