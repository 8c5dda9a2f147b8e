import ControlEnvironments
import EnvironmentKit
import NeuralNetworks
import PolicyOptimization
import RandomStreams

/// A kind of policy, with an environment for it.
package struct PolicyKind: Sendable {
  package let testDescription: String
  package let environment: any Environment
  private let adjust: @Sendable (inout Hyperparameters) -> Void

  package init(
    _ name: String, _ environment: any Environment,
    _ adjust: @escaping @Sendable (inout Hyperparameters) -> Void = { _ in }
  ) {
    testDescription = name
    self.environment = environment
    self.adjust = adjust
  }

  /// A run of a few iterations.
  package var hyperparameters: Hyperparameters {
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

  package static let all = [
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
package struct VelocityHidden<Base: Environment>: Environment {
  package let base: Base
  package let seen: [Int]

  package init(_ base: Base, sees seen: [Int]) {
    self.base = base
    self.seen = seen
  }

  package var name: String { base.name }
  package var actionSpace: ActionSpace { base.actionSpace }
  package var timeLimit: Int? { base.timeLimit }
  package var observationSpace: BoxSpace {
    let space = base.observationSpace
    return BoxSpace(
      lowest: seen.map { space.lowest[$0] }, highest: seen.map { space.highest[$0] })
  }

  package func initialState(using generator: inout RandomStream) -> Base.State {
    base.initialState(using: &generator)
  }

  package func step(
    _ state: inout Base.State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    base.step(&state, action: action, using: &generator)
  }

  package func observe(_ state: Base.State, into observation: inout MutableSpan<Float>) {
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
package struct Trapdoors: Environment {
  package let counts: [Int]
  package let hasActionMask: Bool

  package init(counts: [Int], hasActionMask: Bool = true) {
    self.counts = counts
    self.hasActionMask = hasActionMask
  }

  package let name = "Trapdoors"
  package let observationSpace = BoxSpace(lowest: [0], highest: [1])
  package let timeLimit: Int? = 20
  package var actionSpace: ActionSpace {
    counts.count == 1 ? .discrete(count: counts[0]) : .multiDiscrete(counts: counts)
  }

  /// The one choice of each component that is invalid.
  package func initialState(using generator: inout RandomStream) -> [Int] {
    counts.map { generator.integer(below: $0) }
  }

  package func step(
    _ state: inout [Int], action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    for (component, count) in counts.enumerated()
    where action.choice(among: count, component: component) == state[component] {
      return Outcome(reward: -100, terminated: true)
    }
    state = initialState(using: &generator)
    return Outcome(reward: 1, terminated: false)
  }

  package func observe(_ state: [Int], into observation: inout MutableSpan<Float>) {
    observation[0] = 1
  }

  package func writeActionMask(of state: [Int], into mask: inout MutableSpan<Bool>) {
    var first = 0
    for (component, count) in counts.enumerated() {
      mask[first + state[component]] = false
      first += count
    }
  }
}
