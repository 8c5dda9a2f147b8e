import ControlEnvironments
import EnvironmentKit
import NeuralNetworks
import RandomStreams
import Testing

@testable import PolicyOptimization

/// A kind of policy, with an environment for it.
struct PolicyKind: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let environment: any Environment
  private let adjust: @Sendable (inout Hyperparameters) -> Void

  init(
    _ name: String, _ environment: any Environment,
    _ adjust: @escaping @Sendable (inout Hyperparameters) -> Void = { _ in }
  ) {
    testDescription = name
    self.environment = environment
    self.adjust = adjust
  }

  /// A run of a few iterations.
  var hyperparameters: Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 1_800
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 60
    hyperparameters.minibatchSize = 180
    hyperparameters.updateEpochs = 2
    hyperparameters.entropyCoefficient = 0.01
    hyperparameters.hiddenSizes = [8, 9]
    hyperparameters.evaluationEpisodes = 2
    hyperparameters.recurrentSize = 7
    // Ten of them fill a block, and the last minibatch has blocks of ten and of five.
    hyperparameters.sequenceLength = 12
    adjust(&hyperparameters)
    return hyperparameters
  }

  static let all = [
    PolicyKind("choices, some invalid", Trapdoors(counts: [4])),
    PolicyKind("several choices", Trapdoors(counts: [3, 2], hasActionMask: false)),
    PolicyKind("several choices, some invalid", Trapdoors(counts: [3, 2])) {
      $0.sharesTrunk = true
    },
    PolicyKind("squashed", Pendulum()) { $0.squashesActions = true },
    PolicyKind("deviations from the network", Pendulum()) { $0.deviation = .network },
    PolicyKind("gSDE", Pendulum()) {
      $0.deviation = .gsde
      $0.explorationInterval = 7
      $0.initialLogDeviation = -1
    },
    PolicyKind("squashed gSDE, drawn once a rollout", Pendulum()) {
      $0.deviation = .gsde
      $0.squashesActions = true
      $0.sharesTrunk = true
    },
    PolicyKind("GRU", CartPole()) { $0.recurrence = .gru },
    PolicyKind("GRU, some choices invalid", Trapdoors(counts: [3, 2])) {
      $0.recurrence = .gru
      $0.sharesTrunk = true
      $0.balancer = "gradnorm"
    },
    PolicyKind("LSTM with gSDE", VelocityHidden(Pendulum(), sees: [0, 1])) {
      $0.recurrence = .lstm
      $0.deviation = .gsde
      $0.normalizesObservations = true
    },
  ]
}

/// Shows some components of another environment's observations and hides the others.
struct VelocityHidden<Base: Environment>: Environment {
  let base: Base
  let seen: [Int]

  init(_ base: Base, sees seen: [Int]) {
    self.base = base
    self.seen = seen
  }

  var name: String { base.name }
  var actionSpace: ActionSpace { base.actionSpace }
  var timeLimit: Int? { base.timeLimit }
  var observationSpace: BoxSpace {
    let space = base.observationSpace
    return BoxSpace(
      lowest: seen.map { space.lowest[$0] }, highest: seen.map { space.highest[$0] })
  }

  func initialState(using generator: inout RandomStream) -> Base.State {
    base.initialState(using: &generator)
  }

  func step(
    _ state: inout Base.State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    base.step(&state, action: action, using: &generator)
  }

  func observe(_ state: Base.State, into observation: inout MutableSpan<Float>) {
    var all = [Float](repeating: 0, count: base.observationSpace.count)
    var span = all.mutableSpan
    base.observe(state, into: &span)
    for (index, component) in seen.enumerated() { observation[index] = all[component] }
  }
}

/// A walk over doors, some of which are traps: which ones, chance decides anew at every step, and
/// nothing that can be observed tells.
///
/// A step earns 1; an invalid action costs 100 and ends the episode.
struct Trapdoors: Environment {
  let counts: [Int]
  var hasActionMask = true

  let name = "Trapdoors"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let timeLimit: Int? = 20
  var actionSpace: ActionSpace {
    counts.count == 1 ? .discrete(count: counts[0]) : .multiDiscrete(counts: counts)
  }

  /// The one choice of each component that is invalid.
  func initialState(using generator: inout RandomStream) -> [Int] {
    counts.map { generator.integer(below: $0) }
  }

  func step(
    _ state: inout [Int], action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    for (component, count) in counts.enumerated()
    where action.choice(among: count, component: component) == state[component] {
      return Outcome(reward: -100, terminated: true)
    }
    state = initialState(using: &generator)
    return Outcome(reward: 1, terminated: false)
  }

  func observe(_ state: [Int], into observation: inout MutableSpan<Float>) { observation[0] = 1 }

  func writeActionMask(of state: [Int], into mask: inout MutableSpan<Bool>) {
    var first = 0
    for (component, count) in counts.enumerated() {
      mask[first + state[component]] = false
      first += count
    }
  }
}
