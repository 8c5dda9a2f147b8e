import ArgumentParser
import NeuralNetworks
import PolicyOptimization
import TensorCore

extension Activation: ExpressibleByArgument {}
extension OptimizerChoice: ExpressibleByArgument {}
extension AdvantageNormalization: ExpressibleByArgument {}
extension ValueTarget: ExpressibleByArgument {}
extension DeviationSource: ExpressibleByArgument {}

/// Which recurrent layer a network has, if any.
enum RecurrenceChoice: String, ExpressibleByArgument, CaseIterable {
  case none
  case gru
  case lstm

  var cell: RecurrentCell? {
    switch self {
    case .none: nil
    case .gru: .gru
    case .lstm: .lstm
    }
  }
}

/// The sizes of hidden layers as a list: `64,64`.
struct LayerSizes: ExpressibleByArgument {
  let sizes: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard !parts.isEmpty, !parts.contains(nil) else { return nil }
    sizes = parts.compactMap(\.self)
  }
}

/// Every hyperparameter by its name; what is not given stays as the preset has it.
///
/// Numbers are parsed unconditionally, so that a negative one is a value and not an option.
struct HyperparameterOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Steps of all environments together.")
  var totalTimesteps: Int?
  @Option(parsing: .unconditional, help: "Environments that are stepped together, N.")
  var numEnvs: Int?
  @Option(parsing: .unconditional, help: "Steps of each environment between updates, T.")
  var numSteps: Int?
  @Option(parsing: .unconditional, help: "Rows of a minibatch.")
  var minibatchSize: Int?
  @Option(parsing: .unconditional, help: "How often an update goes over the rollout.")
  var updateEpochs: Int?

  @Option(parsing: .unconditional, help: "Step size of the optimiser.")
  var learningRate: Double?
  @Flag(inversion: .prefixedNo, help: "Let the learning rate fall to zero.") var annealLr: Bool?
  @Option(help: "Optimiser.")
  var optimizer: OptimizerChoice?
  @Option(parsing: .unconditional, help: "What the optimiser adds to its divisor.")
  var optimizerEpsilon: Double?
  @Option(parsing: .unconditional, help: "Strength of weight decay.")
  var weightDecay: Double?
  @Option(parsing: .unconditional, help: "Largest norm of the gradient; inf for no limit.")
  var maxGradNorm: Double?

  @Option(parsing: .unconditional, help: "What a reward is worth one step later.")
  var gamma: Double?
  @Option(parsing: .unconditional, help: "How far advantages look ahead.")
  var gaeLambda: Double?
  @Option(help: "Over which rows advantages are normalised.")
  var normalizeAdvantages: AdvantageNormalization?
  @Flag(inversion: .prefixedNo, help: "Value what a time limit cuts off.")
  var bootstrapTimeLimits: Bool?

  @Option(parsing: .unconditional, help: "How far the probability ratio may move from 1.")
  var clipCoef: Double?
  @Flag(inversion: .prefixedNo, help: "Let the clip range fall to zero.") var annealClip: Bool?
  @Flag(inversion: .prefixedNo, help: "Clip the value, too.") var clipVloss: Bool?
  @Option(parsing: .unconditional, help: "How much the value loss counts.")
  var vfCoef: Double?
  @Option(parsing: .unconditional, help: "How much the entropy counts.")
  var entCoef: Double?
  @Option(
    parsing: .unconditional, help: "Divergence at 1.5 times which an update stops; 0 for never.")
  var targetKl: Double?
  @Option(
    parsing: .unconditional, help: "How much the divergence of the policies counts as a loss.")
  var klCoef: Double?
  @Option(
    parsing: .unconditional, help: "Divergence that --kl-coef is moved to reach; 0 for none.")
  var adaptiveKl: Double?
  @Option(
    parsing: .unconditional,
    help: "Entropy in nats that --ent-coef is moved to reach; inf for none.")
  var targetEntropy: Double?
  @Option(parsing: .unconditional, help: "How fast it is moved.")
  var entropyRate: Double?
  @Option(help: "What the value network predicts.")
  var valueTarget: ValueTarget?
  @Option(parsing: .unconditional, help: "How much a rollout leaves of the statistics of returns.")
  var valueTargetDecay: Double?
  @Option(help: "Loss balancer; see 'ppo balancers'.")
  var balancer: String?

  @Option(help: "Sizes of the hidden layers, such as 64,64.")
  var hiddenSizes: LayerSizes?
  @Flag(help: "Whether policy and value have the hidden layers in common.")
  var sharing: Sharing?
  @Option(help: "What follows each hidden layer.")
  var activation: Activation?
  @Option(help: "Recurrent layer behind the hidden ones.")
  var recurrent: RecurrenceChoice?
  @Option(parsing: .unconditional, help: "Outputs of the recurrent layer.")
  var recurrentSize: Int?
  @Option(
    parsing: .unconditional, help: "Steps that a recurrent network is trained through at once.")
  var sequenceLength: Int?
  @Option(help: "Where the deviations of a policy over real numbers come from.")
  var policyStd: DeviationSource?
  @Option(parsing: .unconditional, help: "Logarithm of the deviations at the start.")
  var logStdInit: Double?
  @Option(
    parsing: .unconditional,
    help: "Steps between new noise of --policy-std gsde; -1 for once a rollout.")
  var sdeSampleFreq: Int?
  @Flag(inversion: .prefixedNo, help: "Squash actions into their bounds, and do not clip them.")
  var squashActions: Bool?

  @Option(parsing: .unconditional, help: "What rewards are multiplied by.")
  var rewardScale: Double?
  @Flag(inversion: .prefixedNo, help: "Normalise observations by their running moments.")
  var normalizeObservations: Bool?
  @Flag(inversion: .prefixedNo, help: "Divide rewards by the deviation of the return.")
  var normalizeReturns: Bool?

  @Option(
    parsing: .unconditional,
    help: "Steps between evaluations on the way; 0 for none. (default: a fifth of the run)")
  var evalEvery: Int?
  @Option(parsing: .unconditional, help: "Episodes of such an evaluation.")
  var evalEpisodes: Int?
  @Flag(inversion: .prefixedNo, help: "End the run as soon as the task counts as solved.")
  var stopWhenSolved: Bool?

  enum Sharing: String, EnumerableFlag {
    case sharedTrunk
    case separateNetworks
  }

  /// A preset with what was given on the command line instead.
  func applied(to preset: Hyperparameters) -> Hyperparameters {
    var result = preset
    func set<Value>(_ path: WritableKeyPath<Hyperparameters, Value>, _ value: Value?) {
      if let value { result[keyPath: path] = value }
    }
    set(\.totalTimesteps, totalTimesteps)
    set(\.environmentCount, numEnvs)
    set(\.stepsPerRollout, numSteps)
    set(\.minibatchSize, minibatchSize)
    set(\.updateEpochs, updateEpochs)
    set(\.learningRate, learningRate)
    set(\.annealsLearningRate, annealLr)
    set(\.optimizer, optimizer)
    set(\.optimizerEpsilon, optimizerEpsilon)
    set(\.weightDecay, weightDecay)
    if let maxGradNorm { result.maximumGradientNorm = maxGradNorm == .infinity ? nil : maxGradNorm }
    set(\.discount, gamma)
    set(\.traceDecay, gaeLambda)
    set(\.advantageNormalization, normalizeAdvantages)
    set(\.bootstrapsAtTimeLimits, bootstrapTimeLimits)
    set(\.clipRange, clipCoef)
    set(\.annealsClipRange, annealClip)
    set(\.clipsValueLoss, clipVloss)
    set(\.valueCoefficient, vfCoef)
    set(\.entropyCoefficient, entCoef)
    if let targetKl { result.targetDivergence = targetKl == 0 ? nil : targetKl }
    set(\.divergenceCoefficient, klCoef)
    if let adaptiveKl { result.adaptiveDivergenceTarget = adaptiveKl == 0 ? nil : adaptiveKl }
    if let targetEntropy {
      result.targetEntropy = targetEntropy == .infinity ? nil : targetEntropy
    }
    set(\.entropyRate, entropyRate)
    set(\.valueTarget, valueTarget)
    set(\.valueTargetDecay, valueTargetDecay)
    set(\.balancer, balancer)
    set(\.hiddenSizes, hiddenSizes?.sizes)
    set(\.sharesTrunk, sharing.map { $0 == .sharedTrunk })
    set(\.activation, activation)
    set(\.recurrence, recurrent.map(\.cell))
    set(\.recurrentSize, recurrentSize)
    set(\.sequenceLength, sequenceLength)
    set(\.deviation, policyStd)
    set(\.initialLogDeviation, logStdInit)
    set(\.explorationInterval, sdeSampleFreq)
    set(\.squashesActions, squashActions)
    set(\.rewardScale, rewardScale)
    set(\.normalizesObservations, normalizeObservations)
    set(\.normalizesReturns, normalizeReturns)
    if let evalEvery { result.evaluationInterval = evalEvery }
    set(\.evaluationEpisodes, evalEpisodes)
    set(\.stopsWhenSolved, stopWhenSolved)
    return result
  }
}
