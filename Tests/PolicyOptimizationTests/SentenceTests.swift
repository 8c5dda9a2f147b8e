import ControlEnvironments
import EnvironmentKit
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// A mistake of a program that uses PolicyOptimization.
private enum Mistake: String, CaseIterable, Codable, Sendable {
  case scoresForOtherChoices, deviationsForOtherMeans, maskedNumbers, otherMask
  case decayOfOne, otherRollout, brokenSequences, noProbe
  case partOfAnObservation, missingSituation, unmaskedDecision, otherMasks

  /// What is printed, apart from the place in the code.
  var sentence: String {
    switch self {
    case .scoresForOtherChoices: "Components of [2, 3] choices do not have 4 scores."
    case .deviationsForOtherMeans:
      "Means of shape [2, 4] and deviations of shape [3] do not belong together."
    case .maskedNumbers: "Real numbers cannot be masked; only choices can be invalid."
    case .otherMask: "A mask of shape [2, 3] does not fit scores of shape [2, 4]."
    case .decayOfOne: "The decay is 1.0; it must be from 0 to below 1."
    case .otherRollout:
      "The rollout is of 2 environments, the normaliser was made for 3."
    case .brokenSequences: "Sequences of 3 steps do not fill a rollout of 4."
    case .noProbe: "A probe at every 0th minibatch is impossible."
    case .partOfAnObservation:
      "3 numbers and 0 draws are not rows of 4 numbers with a draw for each."
    case .missingSituation: "There are 0 situations for 1 rows."
    case .unmaskedDecision:
      "Lock masks its actions, and decide(_:drawing:) is not told which are valid; call "
        + "decide(_:in:drawing:) with a Situation, such as that of an EpisodeRunner."
    case .otherMasks: "A situation in Lock tells of 3 choices; there are 2."
    }
  }

  func make() throws {
    let tape = Tape(isRecording: false)
    func zeros(_ columns: Int) -> Variable {
      tape.constant(Tensor(shape: Shape(2, columns), repeating: 0))
    }
    func gaussian(_ deviations: Int) -> DiagonalGaussian {
      DiagonalGaussian(
        mean: zeros(4),
        logStandardDeviation: tape.constant(Tensor(shape: Shape(deviations), repeating: 0)))
    }
    switch self {
    case .scoresForOtherChoices: _ = MultiCategorical(scores: zeros(4), counts: [2, 3])
    case .deviationsForOtherMeans: _ = gaussian(3)
    case .maskedNumbers: _ = gaussian(4).masked(by: zeros(4))
    case .otherMask:
      _ = Categorical(scores: zeros(4)).masked(by: zeros(3))
    case .decayOfOne: _ = ValueScaling(.popart, decay: 1)
    case .otherRollout:
      var normalizer = ReturnNormalizer(environments: 3, discount: 0.9)
      try normalizer.apply(to: rollout(sequenceLength: 1))
    case .brokenSequences: _ = rollout(sequenceLength: 3)
    case .noProbe:
      try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1).probeInterval = 0
    case .partOfAnObservation:
      _ = try player(in: CartPole()).decide([1, 2, 3], drawing: [])
    case .missingSituation:
      _ = try player(in: CartPole()).decide([1, 2, 3, 4], in: [], drawing: nil)
    case .unmaskedDecision: _ = try player(in: Lock()).decide([1], drawing: nil)
    case .otherMasks:
      let situation = Situation(
        environment: 0, isFirst: true, validChoices: [true, true, false])
      _ = try player(in: Lock()).decide([1], in: [situation], drawing: nil)
    }
  }

  private func rollout(sequenceLength: Int) -> Rollout {
    Rollout(
      steps: 4, environments: 2, observationCount: 1, actionCount: 1,
      normalizesObservations: false, sequenceLength: sequenceLength)
  }

  private func player(in environment: any BatchableEnvironment) throws -> PolicyPlayer {
    try PolicyPlayer(
      Trainer(environment, hyperparameters, seed: 1, threads: 1).policy, in: environment)
  }

  private var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 64
    hyperparameters.minibatchSize = 64
    return hyperparameters
  }
}

/// Of its two choices the second is never valid.
struct Lock: Environment {
  let name = "Lock"
  let timeLimit: Int? = 5
  let observationSpace = BoxSpace(symmetric: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let hasActionMask = true

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome { Outcome(reward: action.choice(among: 2) == 0 ? 1 : -100) }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 1 }

  func writeActionMask(of state: Int, into mask: inout MutableSpan<Bool>) { mask[1] = false }
}

@Suite("Sentences about mistakes with policies")
struct PolicySentenceTests {
  @Test("are printed before the program stops", arguments: Mistake.allCases)
  fileprivate func prints(mistake: Mistake) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [mistake = mistake as Mistake] in
      try mistake.make()
    }
    let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(words.contains("Fatal error: \(mistake.sentence) ("), "\(words)")
  }

  @Test("A policy for another environment is refused by a player, which names the counts")
  func refusesOtherEnvironments() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.normalizesObservations = true
    let policy = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1).policy
    let error = #expect(throws: NetworkMismatch.self) {
      _ = try PolicyPlayer(policy, in: Pendulum())
    }
    #expect(
      error?.description == """
        The network takes observations of 4 numbers; Pendulum-v1 gives 3. Make the network for this \
        environment.
        """)
    let fewer = TrainedPolicy(
      network: policy.network, parameters: Buffer(count: 3), normalizer: policy.normalizer)
    #expect(throws: NetworkMismatch.self) { _ = try PolicyPlayer(fewer, in: CartPole()) }
    let others = TrainedPolicy(
      network: policy.network, parameters: policy.parameters,
      normalizer: ObservationNormalizer(count: 3))
    let second = #expect(throws: NetworkMismatch.self) {
      _ = try PolicyPlayer(others, in: CartPole())
    }
    #expect(second?.description.contains("observation normaliser is not one of 4") == true)
  }

  @Test("A player plays a masked environment by the situations of a runner")
  func playsMasked() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 64
    hyperparameters.minibatchSize = 64
    let policy = try Trainer(Lock(), hyperparameters, seed: 1, threads: 1).policy
    let player = try PolicyPlayer(policy, in: Lock())
    let episode = try EpisodeRunner(of: Lock(), seed: 1)
    while !episode.hasEnded(0) { _ = try episode.step([0], by: player, isStochastic: true) }
    #expect(episode.episodeReturn(of: 0) == 5 && episode.length(of: 0) == 5)
  }
}
