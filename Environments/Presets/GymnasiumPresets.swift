import PolicyOptimization
import TensorCore

extension Preset {
  /// Presets for environments of Gymnasium, by their names with the scheme.
  ///
  /// The values are published ones; what a source calls 0.5 for a value loss without ½ is 1 here.
  public static let gymnasium: [Preset] =
    ["gym:LunarLander-v3", "gym:LunarLanderContinuous-v3"].map { name in
      Preset(
        name, "rl-zoo", source: "RL Baselines3 Zoo, hyperparams/ppo.yml", reached: nil
      ) {
        $0.totalTimesteps = 1_000_000
        $0.environmentCount = 16
        $0.stepsPerRollout = 1024
        $0.minibatchSize = 64
        $0.updateEpochs = 4
        $0.discount = 0.999
        $0.traceDecay = 0.98
        $0.entropyCoefficient = 0.01
        $0.valueCoefficient = 1
        $0.normalizesReturns = false
      }
    } + [
      Preset(
        "gym:BipedalWalker-v3", "rl-zoo", source: "RL Baselines3 Zoo, hyperparams/ppo.yml",
        reached: nil
      ) {
        $0.totalTimesteps = 5_000_000
        $0.environmentCount = 32
        $0.stepsPerRollout = 2048
        $0.minibatchSize = 64
        $0.updateEpochs = 10
        $0.discount = 0.999
        $0.clipRange = 0.18
        $0.valueCoefficient = 1
        $0.normalizesObservations = true
        $0.normalizesReturns = true
      },
      Preset(
        "gym:Swimmer-v5", "rl-zoo", source: "RL Baselines3 Zoo, hyperparams/ppo.yml", reached: nil
      ) {
        $0.totalTimesteps = 1_000_000
        $0.environmentCount = 4
        $0.stepsPerRollout = 1024
        $0.minibatchSize = 256
        $0.discount = 0.9999
        $0.traceDecay = 0.98
        $0.learningRate = 6e-4
        $0.valueCoefficient = 1
        $0.normalizesObservations = true
        $0.normalizesReturns = true
      },
    ] + mujoco + minatar + atari

  /// Those of Tianshou, whose results of ten seeds are the best published ones, without recomputing
  /// advantages.
  private static let mujoco = [
    "HalfCheetah", "Hopper", "Walker2d", "Ant", "Humanoid", "Reacher", "InvertedPendulum",
    "InvertedDoublePendulum", "Pusher", "HumanoidStandup",
  ].map { task in
    Preset(
      "gym:\(task)-v5", "tianshou", source: "Tianshou, examples/mujoco/mujoco_ppo.py", reached: nil
    ) {
      $0.totalTimesteps = 1_000_000
      realNumbers(&$0)
    }
  }

  private static let minatar = [
    "Asterix", "Breakout", "Freeway", "Seaquest", "SpaceInvaders",
  ].map { game in
    Preset(
      "gym:MinAtar/\(game)-v1", "purejaxrl", source: "PureJaxRL, its settings for MinAtar",
      reached: nil
    ) {
      $0.totalTimesteps = 10_000_000
      $0.environmentCount = 64
      $0.stepsPerRollout = 128
      $0.minibatchSize = 1024
      $0.updateEpochs = 4
      $0.learningRate = 5e-3
      $0.annealsLearningRate = true
      $0.entropyCoefficient = 0.01
      $0.activation = .relu
      $0.imageEncoder = .none
      $0.normalizesReturns = false
    }
  }

  /// Those of CleanRL, to be used with the preprocessing of Atari games; there rewards are clipped to
  /// their signs, which those of Pong are already.
  private static let atari = [
    Preset(
      "gym:ALE/Pong-v5", "cleanrl", source: "CleanRL, ppo_atari.py, with --preprocessing atari",
      reached: nil
    ) {
      $0.totalTimesteps = 10_000_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 128
      $0.minibatchSize = 256
      $0.updateEpochs = 4
      $0.learningRate = 2.5e-4
      $0.annealsLearningRate = true
      $0.clipRange = 0.1
      $0.clipsValueLoss = true
      $0.entropyCoefficient = 0.01
      $0.normalizesReturns = false
    }
  ]

  private static func realNumbers(_ hyperparameters: inout Hyperparameters) {
    hyperparameters.environmentCount = 8
    hyperparameters.stepsPerRollout = 256
    hyperparameters.minibatchSize = 64
    hyperparameters.updateEpochs = 10
    hyperparameters.annealsLearningRate = true
    hyperparameters.normalizesObservations = true
    hyperparameters.normalizesReturns = true
  }
}
