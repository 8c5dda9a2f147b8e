// The list from which everything about hyperparameters comes.

extension Hyperparameters {
  /// All hyperparameters, in the order of the help of `ppo train`.
  public static let descriptions: [HyperparameterDescription] =
    runDescriptions + rolloutDescriptions + optimizerDescriptions + objectiveDescriptions
    + balancingDescriptions + networkDescriptions + explorationDescriptions
    + normalizationDescriptions + evaluationDescriptions

  /// The names of all hyperparameters, which are those of the command-line options.
  public static let names = descriptions.map(\.name)

  /// The hyperparameter of a name on the command line and in files.
  public static func description(named name: String) -> HyperparameterDescription? {
    descriptions.first { $0.name == name }
  }

  /// The hyperparameter that another toolkit calls by a name.
  public static func description(knownElsewhereAs name: String) -> HyperparameterDescription? {
    descriptions.first { $0.foreignNames.contains(name) }
  }

  private static let runDescriptions: [HyperparameterDescription] = [
    .init(
      "total-timesteps", "totalTimesteps", \.totalTimesteps, .run,
      "Steps of all environments together; rounded up to whole rollouts.",
      range: .count(upTo: 1 << 52),
      foreignNames: ["n-timesteps", "timesteps", "steps", "total-steps", "total-env-steps"]),
    .init(
      "stop-when-solved", "stopsWhenSolved", \.stopsWhenSolved, .run,
      "End the run as soon as the task counts as solved."),
  ]

  private static let rolloutDescriptions: [HyperparameterDescription] = [
    .init(
      "num-envs", "environmentCount", \.environmentCount, .rollout,
      "Number of parallel environments N.", range: .count(upTo: 1 << 20),
      foreignNames: ["n-envs", "num-environments", "num-workers"],
      search: .choices([4, 8, 16, 32, 64].map { .whole($0) })),
    .init(
      "num-steps", "stepsPerRollout", \.stepsPerRollout, .rollout,
      "Rollout length T: steps of each environment between updates.", range: .count(),
      foreignNames: ["n-steps", "rollout-length", "horizon"],
      search: .choices([16, 32, 64, 128, 256, 512].map { .whole($0) })),
    .init(
      "gamma", "discount", \.discount, .rollout, "Discount factor γ.", range: .unit,
      foreignNames: ["discount", "discount-factor"],
      search: .logarithmicFromOne(low: 0.9, high: 0.9999)),
    .init(
      "gae-lambda", "traceDecay", \.traceDecay, .rollout,
      "λ of generalised advantage estimation.", range: .unit, foreignNames: ["lambda", "gae"],
      search: .logarithmicFromOne(low: 0.8, high: 0.99)),
    .init(
      "bootstrap-time-limits", "bootstrapsAtTimeLimits", \.bootstrapsAtTimeLimits, .rollout,
      "Bootstrap from the value of the last observation where a time limit cuts an episode off."),
  ]

  private static let optimizerDescriptions: [HyperparameterDescription] = [
    .init(
      "learning-rate", "learningRate", \.learningRate, .optimizer, "Learning rate η.",
      range: .nonNegative, foreignNames: ["lr", "alpha", "step-size"],
      search: .logarithmic(low: 1e-5, high: 1e-2)),
    .init(
      "anneal-lr", "annealsLearningRate", \.annealsLearningRate, .optimizer,
      "Anneal the learning rate linearly to 0.", search: .choices([.flag(true), .flag(false)])),
    .init(
      "learning-rate-schedule", "learningRateSchedule", \.learningRateSchedule, .optimizer,
      "Schedule of the learning rate; replaces linear annealing.",
      foreignNames: ["lr-schedule", "lr-scheduler"]),
    .init(
      "minibatch-size", "minibatchSize", \.minibatchSize, .optimizer,
      "Minibatch size B, in rows of the rollout.", range: .count(),
      foreignNames: ["batch-size", "mini-batch-size"],
      search: .choices([32, 64, 128, 256, 512, 1024].map { .whole($0) })),
    .init(
      "update-epochs", "updateEpochs", \.updateEpochs, .optimizer,
      "Epochs of an update: passes over the rollout.", range: .count(upTo: 1 << 20),
      foreignNames: ["n-epochs", "num-epochs", "epochs", "ppo-epochs"],
      search: .linear(low: 1, high: 20)),
    .init(
      "optimizer", "optimizer", \.optimizer, .optimizer, "Optimiser.", foreignNames: ["optim"]),
    .init(
      "optimizer-epsilon", "optimizerEpsilon", \.optimizerEpsilon, .optimizer,
      "ε of the optimiser, added to its divisor.", range: .positive,
      foreignNames: ["adam-eps", "adam-epsilon", "eps"]),
    .init(
      "weight-decay", "weightDecay", \.weightDecay, .optimizer, "Weight decay λ.",
      range: .nonNegative),
    .init(
      "max-grad-norm", "maximumGradientNorm", \.maximumGradientNorm, .optimizer,
      "Gradient clipping: the largest norm of the gradient of all parameters together.",
      range: .positive, olderNone: .infinity, foreignNames: ["clip-grad-norm", "grad-clip"],
      search: .logarithmic(low: 0.2, high: 5)),
  ]

  private static let objectiveDescriptions: [HyperparameterDescription] = [
    .init(
      "clip-coef", "clipRange", \.clipRange, .objective,
      "Clip range ε of the probability ratio.", range: .positive,
      foreignNames: ["clip-range", "clip-ratio", "clip-param", "eps-clip"],
      search: .linear(low: 0.1, high: 0.4)),
    .init(
      "anneal-clip", "annealsClipRange", \.annealsClipRange, .objective,
      "Anneal the clip range linearly to 0."),
    .init(
      "clip-coef-schedule", "clipRangeSchedule", \.clipRangeSchedule, .objective,
      "Schedule of the clip range; replaces linear annealing."),
    .init(
      "clip-vloss", "clipsValueLoss", \.clipsValueLoss, .objective,
      "Clip the value, too, to within ε of its old prediction."),
    .init(
      "vf-coef", "valueCoefficient", \.valueCoefficient, .objective,
      "Coefficient c_v of the value loss.", range: .nonNegative,
      foreignNames: ["value-coef", "value-loss-coef", "critic-coef"],
      search: .logarithmic(low: 0.1, high: 2)),
    .init(
      "vf-coef-schedule", "valueCoefficientSchedule", \.valueCoefficientSchedule, .objective,
      "Schedule of c_v."),
    .init(
      "ent-coef", "entropyCoefficient", \.entropyCoefficient, .objective,
      "Coefficient c_e of the entropy bonus.", range: .nonNegative,
      foreignNames: ["entropy-coef", "entropy-coefficient", "beta"],
      search: .logarithmic(low: 1e-5, high: 0.1)),
    .init(
      "ent-coef-schedule", "entropyCoefficientSchedule", \.entropyCoefficientSchedule, .objective,
      "Schedule of c_e."),
    .init(
      "target-entropy", "targetEntropy", \.targetEntropy, .objective,
      "Target entropy in nats, which c_e is adapted to reach.", range: .finite,
      olderNone: .infinity),
    .init(
      "entropy-rate", "entropyRate", \.entropyRate, .objective,
      "Step size of log c_e, for each nat of distance and each update.", range: .positive),
    .init(
      "target-kl", "targetDivergence", \.targetDivergence, .objective,
      "Target KL divergence: an update stops early at 1.5 times as much.", range: .positive,
      olderNone: 0, foreignNames: ["kl-target", "desired-kl"]),
    .init(
      "target-kl-schedule", "targetDivergenceSchedule", \.targetDivergenceSchedule, .objective,
      "Schedule of the target KL divergence."),
    .init(
      "kl-coef", "divergenceCoefficient", \.divergenceCoefficient, .objective,
      "Coefficient β of a KL penalty, 0 for no penalty.", range: .nonNegative),
    .init(
      "kl-coef-schedule", "divergenceCoefficientSchedule", \.divergenceCoefficientSchedule,
      .objective, "Schedule of β."),
    .init(
      "adaptive-kl", "adaptiveDivergenceTarget", \.adaptiveDivergenceTarget, .objective,
      "Adaptive KL penalty: the divergence that β is doubled or halved to reach.",
      range: .positive, olderNone: 0),
  ]

  private static let balancingDescriptions: [HyperparameterDescription] = [
    .init(
      "balancer", "balancer", \.balancer, .balancing, "Loss balancer; see 'ppo balancers'.")
  ]

  private static let networkDescriptions: [HyperparameterDescription] = [
    .init(
      "hidden-sizes", "hiddenSizes", \.hiddenSizes, .network,
      "Units of the hidden layers, such as 64,64.", range: .count(upTo: 1 << 16),
      foreignNames: ["net-arch", "hidden-dim", "hidden-size", "layers"],
      search: .choices([[64], [64, 64], [128, 128], [256, 256]].map { .sizes($0) })),
    .init(
      "shared-trunk", "sharesTrunk", \.sharesTrunk, .network,
      "Share the hidden layers between policy and value.", opposite: "separate-networks",
      search: .choices([.flag(true), .flag(false)])),
    .init(
      "activation", "activation", \.activation, .network, "Activation of the hidden layers.",
      foreignNames: ["activation-fn"], search: .choices([.text("tanh"), .text("relu")])),
    .init(
      "image-encoder", "imageEncoder", \.imageEncoder, .network,
      "Convolutions of images; auto for nature or, below 36 × 36 pixels, minatar.",
      foreignNames: ["features-extractor", "cnn"]),
    .init(
      "shared-encoder", "sharesEncoder", \.sharesEncoder, .network,
      "Share the convolutions of images between policy and value."),
    .init(
      "recurrent", "recurrence", \.recurrence, .network,
      "Recurrent layer behind the hidden ones.", foreignNames: ["rnn"]),
    .init(
      "recurrent-size", "recurrentSize", \.recurrentSize, .network,
      "Units of the recurrent layer.", range: .count(upTo: 1 << 14)),
    .init(
      "sequence-length", "sequenceLength", \.sequenceLength, .network,
      "Truncated backpropagation through time: steps L of a sequence.", range: .count()),
  ]

  private static let explorationDescriptions: [HyperparameterDescription] = [
    .init(
      "policy-std", "deviation", \.deviation, .exploration,
      "Source of the standard deviations σ of continuous actions."),
    .init(
      "log-std-init", "initialLogDeviation", \.initialLogDeviation, .exploration,
      "Initial log σ of continuous actions.", range: HyperparameterRange(from: -20, to: 2),
      search: .linear(low: -2, high: 0.5)),
    .init(
      "sde-sample-freq", "explorationInterval", \.explorationInterval, .exploration,
      "Steps between draws of the noise of gSDE; none for one draw a rollout.",
      range: .count(), olderNone: -1),
    .init(
      "squash-actions", "squashesActions", \.squashesActions, .exploration,
      "Squash continuous actions into their bounds by tanh instead of clipping them."),
  ]

  private static let normalizationDescriptions: [HyperparameterDescription] = [
    .init(
      "normalize-observations", "normalizesObservations", \.normalizesObservations,
      .normalization, "Normalise observations by their running mean and deviation.",
      foreignNames: ["norm-obs"], search: .choices([.flag(true), .flag(false)])),
    .init(
      "normalize-returns", "normalizesReturns", \.normalizesReturns, .normalization,
      "Divide rewards by the running deviation of the discounted return.",
      foreignNames: ["norm-reward", "normalize-rewards"]),
    .init(
      "normalize-advantages", "advantageNormalization", \.advantageNormalization,
      .normalization, "Rows over which advantages are normalised.", foreignNames: ["norm-adv"]),
    .init(
      "reward-scale", "rewardScale", \.rewardScale, .normalization,
      "Factor of all rewards.",
      range: HyperparameterRange(from: 1e-30, to: 1e30, isOfMagnitude: true)),
    .init(
      "value-target", "valueTarget", \.valueTarget, .normalization,
      "Target of the value network: returns as they are or scaled."),
    .init(
      "value-target-decay", "valueTargetDecay", \.valueTargetDecay, .normalization,
      "Decay of the statistics that scale the value's target, for each rollout.",
      range: HyperparameterRange(from: 0, to: 1, includesHighest: false)),
  ]

  private static let evaluationDescriptions: [HyperparameterDescription] = [
    .init(
      "eval-every", "evaluationInterval", \.evaluationInterval, .evaluation,
      "Steps between evaluations during training; auto for five in a run.",
      range: HyperparameterRange(from: 0, to: Double(Int.max)),
      words: ["none": 0, "auto": nil], null: "auto", foreignNames: ["eval-freq"]),
    .init(
      "eval-episodes", "evaluationEpisodes", \.evaluationEpisodes, .evaluation,
      "Episodes of each evaluation during training.", range: .count(upTo: 1 << 20),
      foreignNames: ["n-eval-episodes"]),
  ]
}
