// How hyperparameters are written to a file, each under the name of its command-line option.

extension Hyperparameters {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case totalTimesteps = "total-timesteps"
    case environmentCount = "num-envs"
    case stepsPerRollout = "num-steps"
    case minibatchSize = "minibatch-size"
    case updateEpochs = "update-epochs"
    case learningRate = "learning-rate"
    case annealsLearningRate = "anneal-lr"
    case optimizer = "optimizer"
    case optimizerEpsilon = "optimizer-epsilon"
    case weightDecay = "weight-decay"
    case maximumGradientNorm = "max-grad-norm"
    case discount = "gamma"
    case traceDecay = "gae-lambda"
    case advantageNormalization = "normalize-advantages"
    case bootstrapsAtTimeLimits = "bootstrap-time-limits"
    case clipRange = "clip-coef"
    case annealsClipRange = "anneal-clip"
    case clipsValueLoss = "clip-vloss"
    case valueCoefficient = "vf-coef"
    case entropyCoefficient = "ent-coef"
    case targetDivergence = "target-kl"
    case divergenceCoefficient = "kl-coef"
    case adaptiveDivergenceTarget = "adaptive-kl"
    case targetEntropy = "target-entropy"
    case entropyRate = "entropy-rate"
    case valueTarget = "value-target"
    case valueTargetDecay = "value-target-decay"
    case balancer = "balancer"
    case hiddenSizes = "hidden-sizes"
    case sharesTrunk = "shared-trunk"
    case activation = "activation"
    case recurrence = "recurrent"
    case recurrentSize = "recurrent-size"
    case sequenceLength = "sequence-length"
    case deviation = "policy-std"
    case initialLogDeviation = "log-std-init"
    case explorationInterval = "sde-sample-freq"
    case squashesActions = "squash-actions"
    case rewardScale = "reward-scale"
    case normalizesObservations = "normalize-observations"
    case normalizesReturns = "normalize-returns"
    case evaluationInterval = "eval-every"
    case evaluationEpisodes = "eval-episodes"
    case stopsWhenSolved = "stop-when-solved"
  }

  /// The names of all hyperparameters, which are those of the command-line options.
  public static let names = CodingKeys.allCases.map(\.rawValue)

  /// Reads hyperparameters; what is not there is as in the decoder's
  /// `userInfo[.baseHyperparameters]`, or has its default.
  ///
  /// - Throws: A `DecodingError` if a value is of another type.
  public init(from decoder: any Decoder) throws {
    let base = decoder.userInfo[.baseHyperparameters] as? Hyperparameters
    var reader = Reader(
      target: base ?? Hyperparameters(),
      container: try decoder.container(keyedBy: CodingKeys.self))
    try Self.visitAll(&reader)
    self = reader.target
  }

  /// Writes every hyperparameter; what there is none of is null.
  public func encode(to encoder: any Encoder) throws {
    var writer = Writer(source: self, container: encoder.container(keyedBy: CodingKeys.self))
    try Self.visitAll(&writer)
  }

  /// The name of the first hyperparameter that is not the same as in `other`.
  public func firstDifference(from other: Hyperparameters) -> String? {
    var comparer = Comparer(one: self, other: other)
    // Comparing does not throw.
    try? Self.visitAll(&comparer)
    return comparer.difference
  }

  private static func visitAll(_ visitor: inout some Visitor) throws {
    try visitor.visit(.totalTimesteps, \.totalTimesteps)
    try visitor.visit(.environmentCount, \.environmentCount)
    try visitor.visit(.stepsPerRollout, \.stepsPerRollout)
    try visitor.visit(.minibatchSize, \.minibatchSize)
    try visitor.visit(.updateEpochs, \.updateEpochs)
    try visitor.visit(.learningRate, \.learningRate)
    try visitor.visit(.annealsLearningRate, \.annealsLearningRate)
    try visitor.visit(.optimizer, \.optimizer)
    try visitor.visit(.optimizerEpsilon, \.optimizerEpsilon)
    try visitor.visit(.weightDecay, \.weightDecay)
    try visitor.visit(.maximumGradientNorm, \.maximumGradientNorm)
    try visitor.visit(.discount, \.discount)
    try visitor.visit(.traceDecay, \.traceDecay)
    try visitor.visit(.advantageNormalization, \.advantageNormalization)
    try visitor.visit(.bootstrapsAtTimeLimits, \.bootstrapsAtTimeLimits)
    try visitor.visit(.clipRange, \.clipRange)
    try visitor.visit(.annealsClipRange, \.annealsClipRange)
    try visitor.visit(.clipsValueLoss, \.clipsValueLoss)
    try visitor.visit(.valueCoefficient, \.valueCoefficient)
    try visitor.visit(.entropyCoefficient, \.entropyCoefficient)
    try visitor.visit(.targetDivergence, \.targetDivergence)
    try visitor.visit(.divergenceCoefficient, \.divergenceCoefficient)
    try visitor.visit(.adaptiveDivergenceTarget, \.adaptiveDivergenceTarget)
    try visitor.visit(.targetEntropy, \.targetEntropy)
    try visitor.visit(.entropyRate, \.entropyRate)
    try visitor.visit(.valueTarget, \.valueTarget)
    try visitor.visit(.valueTargetDecay, \.valueTargetDecay)
    try visitor.visit(.balancer, \.balancer)
    try visitor.visit(.hiddenSizes, \.hiddenSizes)
    try visitor.visit(.sharesTrunk, \.sharesTrunk)
    try visitor.visit(.activation, \.activation)
    try visitor.visit(.recurrence, \.recurrence)
    try visitor.visit(.recurrentSize, \.recurrentSize)
    try visitor.visit(.sequenceLength, \.sequenceLength)
    try visitor.visit(.deviation, \.deviation)
    try visitor.visit(.initialLogDeviation, \.initialLogDeviation)
    try visitor.visit(.explorationInterval, \.explorationInterval)
    try visitor.visit(.squashesActions, \.squashesActions)
    try visitor.visit(.rewardScale, \.rewardScale)
    try visitor.visit(.normalizesObservations, \.normalizesObservations)
    try visitor.visit(.normalizesReturns, \.normalizesReturns)
    try visitor.visit(.evaluationInterval, \.evaluationInterval)
    try visitor.visit(.evaluationEpisodes, \.evaluationEpisodes)
    try visitor.visit(.stopsWhenSolved, \.stopsWhenSolved)
  }

  private struct Reader: Visitor {
    var target: Hyperparameters
    let container: KeyedDecodingContainer<CodingKeys>

    mutating func visit<Value: Codable & Equatable>(
      _ key: CodingKeys, _ path: WritableKeyPath<Hyperparameters, Value>
    ) throws {
      guard container.contains(key) else { return }
      do {
        target[keyPath: path] = try container.decode(Value.self, forKey: key)
      } catch {
        // Foundation does not tell the key of a number that is out of range.
        throw DecodingError.typeMismatch(
          Value.self,
          DecodingError.Context(
            codingPath: container.codingPath + [key], debugDescription: "\(error)"))
      }
    }
  }

  private struct Comparer: Visitor {
    let one: Hyperparameters
    let other: Hyperparameters
    var difference: String?

    mutating func visit<Value: Codable & Equatable>(
      _ key: CodingKeys, _ path: WritableKeyPath<Hyperparameters, Value>
    ) {
      if difference == nil, one[keyPath: path] != other[keyPath: path] {
        difference = key.rawValue
      }
    }
  }

  private struct Writer: Visitor {
    let source: Hyperparameters
    var container: KeyedEncodingContainer<CodingKeys>

    mutating func visit<Value: Codable & Equatable>(
      _ key: CodingKeys, _ path: WritableKeyPath<Hyperparameters, Value>
    ) throws {
      try container.encode(source[keyPath: path], forKey: key)
    }
  }
}

/// Does something with each hyperparameter and its name.
private protocol Visitor {
  mutating func visit<Value: Codable & Equatable>(
    _ key: Hyperparameters.CodingKeys, _ path: WritableKeyPath<Hyperparameters, Value>) throws
}

extension CodingUserInfoKey {
  /// The ``Hyperparameters`` that those of a file are read on top of.
  public static var baseHyperparameters: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "PolicyOptimization.baseHyperparameters") else {
      preconditionFailure("A key of a decoder's user information could not be made.")
    }
    return key
  }
}
