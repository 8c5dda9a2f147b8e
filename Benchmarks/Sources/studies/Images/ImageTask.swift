import ControlPresets
import EnvironmentKit
import PolicyOptimization

/// A task of the study of images.
struct ImageTask {
  /// What the study calls it.
  let name: String
  /// The name of the environment.
  let environment: String
  /// How the environment is made.
  var settings: [String: String] = [:]
  /// A mean return to compare with, and who published it; `nil` where there is none.
  var reference: String?
  let hyperparameters: Hyperparameters

  /// MinAtar's games, Atari's Pong, and an image with a number beside it.
  static let all =
    ["Asterix", "Breakout", "Freeway", "Seaquest", "SpaceInvaders"].map { game in
      ImageTask(
        name: game.lowercased(), environment: "gym:MinAtar/\(game)-v1", hyperparameters: minatar)
    } + [
      ImageTask(
        name: "pong", environment: "gym:ALE/Pong-v5", settings: ["preprocessing": "atari"],
        reference: "at least 18 within 2M steps is the aim", hyperparameters: pong),
      ImageTask(
        name: "dictionary", environment: "gym:catch_beside:CatchBeside-v0",
        reference: "1 is perfect", hyperparameters: dictionary),
    ]

  private static let minatar = {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 10_000_000
    hyperparameters.environmentCount = 64
    hyperparameters.stepsPerRollout = 128
    hyperparameters.minibatchSize = 1024
    hyperparameters.updateEpochs = 4
    hyperparameters.learningRate = 1e-3
    hyperparameters.annealsLearningRate = true
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.evaluationInterval = 0
    return hyperparameters
  }()

  private static let pong = {
    var hyperparameters =
      Preset.gymnasium.first { $0.environment == "gym:ALE/Pong-v5" }?.hyperparameters
      ?? Hyperparameters()
    hyperparameters.totalTimesteps = 2_000_000
    hyperparameters.evaluationInterval = 0
    return hyperparameters
  }()

  private static let dictionary = {
    var hyperparameters = minatar
    hyperparameters.totalTimesteps = 100_000
    hyperparameters.environmentCount = 16
    hyperparameters.stepsPerRollout = 64
    hyperparameters.minibatchSize = 256
    return hyperparameters
  }()
}
