/// Hyperparameters that are known to work for an environment.
public struct Preset: Sendable {
  /// The environment that it was made for.
  public let environment: String
  /// Its own name: `default`, or where it comes from.
  public let name: String
  /// The hyperparameters.
  public let hyperparameters: Hyperparameters

  init(_ environment: String, _ name: String, _ adjust: (inout Hyperparameters) -> Void) {
    self.environment = environment
    self.name = name
    var hyperparameters = Hyperparameters()
    // A preset says itself what it normalises.
    hyperparameters.normalizesReturns = false
    adjust(&hyperparameters)
    self.hyperparameters = hyperparameters
  }

  /// All presets; the first of an environment is what it is trained with if nothing is said.
  public static let all = [
    // RL Baselines3 Zoo, hyperparams/ppo.yml. Its value loss has no ½, so its coefficient of 0.5
    // is 1 here.
    Preset("CartPole-v1", "rl-zoo") {
      $0.totalTimesteps = 100_000
      $0.environmentCount = 8
      $0.stepsPerRollout = 32
      $0.minibatchSize = 256
      $0.updateEpochs = 20
      $0.discount = 0.98
      $0.traceDecay = 0.8
      $0.learningRate = 1e-3
      $0.annealsLearningRate = true
      $0.clipRange = 0.2
      $0.annealsClipRange = true
      $0.valueCoefficient = 1
    }
  ]

  /// The presets of an environment.
  public static func presets(for environment: String) -> [Preset] {
    all.filter { $0.environment == environment }
  }
}
