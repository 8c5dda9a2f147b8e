import NeuralNetworks
import TensorCore

/// Every choice that a training run depends on, besides the environment and the seed.
///
/// ``descriptions`` has what is known of each: its name on the command line and in `config.json`, its
/// range, its help. Where a preset says nothing else, most defaults are those of Stable-Baselines3,
/// with 8 environments of 256 steps in the place of one of 2048.
public struct Hyperparameters: Sendable, Codable, Hashable {
  /// How many steps of all environments together to train for; rounded up to whole rollouts.
  public var totalTimesteps = 1_000_000
  /// The number of environments that are stepped together, N.
  public var environmentCount = 8
  /// The number of steps of each environment between updates, T.
  public var stepsPerRollout = 256
  /// The number of rows of a minibatch, B; what does not fill one makes a smaller last one.
  public var minibatchSize = 64
  /// How often an update goes over the rollout.
  public var updateEpochs = 10

  /// The step size of the optimiser, η.
  public var learningRate = 3e-4
  /// Whether the learning rate falls linearly to zero over the run. Setting it replaces a
  /// ``learningRateSchedule``.
  public var annealsLearningRate = false {
    didSet { learningRateSchedule = nil }
  }
  /// Schedule of the learning rate, or `nil` for that of ``annealsLearningRate``.
  public var learningRateSchedule: CoefficientSchedule?
  /// The optimiser.
  public var optimizer = OptimizerChoice.adam
  /// ε of the optimiser.
  public var optimizerEpsilon = 1e-5
  /// The strength λ of weight decay.
  public var weightDecay = 0.0
  /// The largest norm of the gradient of all parameters together, or `nil` for no limit.
  public var maximumGradientNorm: Double? = 0.5

  /// Discount factor γ per step, in `0...1`.
  public var discount = 0.99
  /// λ of generalised advantage estimation, in `0...1`.
  public var traceDecay = 0.95
  /// Rows over which advantages are normalised to mean 0 and deviation 1.
  public var advantageNormalization = AdvantageNormalization.minibatch
  /// Whether an episode that is truncated, by a time limit or by the environment itself, is
  /// bootstrapped from the value of its last observation, which is unbiased; otherwise a truncation is
  /// learned as a termination, as in CleanRL.
  public var bootstrapsAtTimeLimits = true

  /// Clip range ε of the probability ratio.
  public var clipRange = 0.2
  /// Whether the clip range falls linearly to zero over the run. Setting it replaces a
  /// ``clipRangeSchedule``.
  public var annealsClipRange = false {
    didSet { clipRangeSchedule = nil }
  }
  /// Schedule of the clip range, or `nil` for that of ``annealsClipRange``.
  public var clipRangeSchedule: CoefficientSchedule?
  /// Whether the value, too, is clipped to within the clip range of what it was.
  public var clipsValueLoss = false
  /// Coefficient `c_v` of the value loss.
  public var valueCoefficient = 0.5
  /// Schedule of `c_v`, or `nil` for a constant.
  public var valueCoefficientSchedule: CoefficientSchedule?
  /// Coefficient `c_e` of the entropy bonus.
  public var entropyCoefficient = 0.0
  /// Schedule of `c_e`, or `nil` for a constant.
  public var entropyCoefficientSchedule: CoefficientSchedule?
  /// The divergence of the policies at 1.5 times which an update stops, or `nil` for never.
  public var targetDivergence: Double?
  /// Schedule of the target divergence, or `nil` for a constant.
  public var targetDivergenceSchedule: CoefficientSchedule?
  /// Coefficient β of a penalty on the divergence of the new policy from the old; 0 for none.
  public var divergenceCoefficient = 0.0
  /// Schedule of β, or `nil` for a constant.
  public var divergenceCoefficientSchedule: CoefficientSchedule?
  /// Target of the mean divergence of an update, for which β is doubled or halved, or `nil` for a
  /// constant β.
  public var adaptiveDivergenceTarget: Double?
  /// Target entropy in nats, which `c_e` is adapted to reach, or `nil` for a constant `c_e`.
  public var targetEntropy: Double?
  /// Step size of log c_e, for each nat of distance and each update.
  public var entropyRate = 0.05
  /// Target of the value network.
  public var valueTarget = ValueTarget.raw
  /// How much of the statistics of returns is kept at each rollout, where the value's target is
  /// scaled by them.
  public var valueTargetDecay = 0.9
  /// The name of the loss balancer.
  ///
  /// Fixed coefficients are the default, together with ``normalizesReturns``, by measurement: over nine
  /// orders of magnitude of the rewards the pair keeps 98 % of its best score on CartPole, Pendulum and
  /// Acrobot, where raw rewards defeat every balancer. On separate networks, in settings that were
  /// tuned for each environment, `anchored-magnitude` in its place earns less in four of seven
  /// environments and hardly more in any. On a shared trunk it is steadier, and worth trying.
  ///
  /// The numbers are on the page "The scale of the rewards" of the documentation.
  public var balancer = "fixed"

  /// The sizes of the hidden layers.
  public var hiddenSizes = [64, 64]
  /// Whether policy and value share their hidden layers.
  public var sharesTrunk = false
  /// Activation function of each hidden layer.
  public var activation = Activation.tanh
  /// The convolutions of observations that are images, or have parts that are.
  public var imageEncoder = ImageEncoderChoice.auto
  /// Whether policy and value share the convolutions; with a shared trunk they always do.
  public var sharesEncoder = true
  /// The recurrent layer behind the hidden ones, or `nil` for a network that remembers nothing.
  public var recurrence: RecurrentCell?
  /// The number of outputs of the recurrent layer.
  public var recurrentSize = 64
  /// How many steps a recurrent network is trained through at once, L: gradients flow no further
  /// back. Rollouts and minibatches consist of whole sequences.
  public var sequenceLength = 16

  /// Source of the standard deviations of a policy over real numbers.
  public var deviation = DeviationSource.parameter
  /// log σ of such a policy at the start.
  public var initialLogDeviation = 0.0
  /// Steps between draws of the noise of state-dependent exploration, or `nil` for one draw a
  /// rollout.
  public var explorationInterval: Int?
  /// Whether actions are squashed into their bounds by tanh, and not clipped.
  public var squashesActions = false

  /// Factor of all rewards, applied before normalisation.
  public var rewardScale = 1.0
  /// Whether observations are normalised by their running moments.
  public var normalizesObservations = false
  /// Whether rewards are divided by the running deviation of the discounted return, as they are if
  /// nothing is said: then training does not depend on their scale.
  ///
  /// No ``balancer`` can do that in its place. Presets of others, which were published without, say
  /// `false`.
  public var normalizesReturns = true

  /// Steps between evaluations during training: 0 for never, `nil` for five times in the run where
  /// the environment has a time limit.
  public var evaluationInterval: Int?
  /// Episodes of each evaluation during training.
  public var evaluationEpisodes = 10
  /// Whether the run ends as soon as the task counts as solved.
  public var stopsWhenSolved = false

  /// The defaults.
  public init() {}

  /// The rows of a rollout, N · T.
  public var rolloutSize: Int { environmentCount * stepsPerRollout }

  /// How many rollouts a run consists of.
  public var iterationCount: Int { (totalTimesteps - 1) / rolloutSize + 1 }
}

/// Over which rows advantages are normalised.
public enum AdvantageNormalization: String, Sendable, Codable, CaseIterable {
  /// Over each minibatch, as in CleanRL and Stable-Baselines3.
  case minibatch
  /// Over the whole rollout, as in skrl.
  case rollout
  /// Not at all.
  case none
}

/// The optimisers that can be chosen by name.
public enum OptimizerChoice: String, Sendable, Codable, CaseIterable {
  /// Adam, with weight decay as a penalty.
  case adam
  /// Adam, with decoupled weight decay.
  case adamw
  /// Adam with Nesterov momentum.
  case nadam
  /// RMSProp.
  case rmsprop
  /// Stochastic gradient descent with momentum 0.9.
  case sgd
}
