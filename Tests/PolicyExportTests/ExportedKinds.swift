import ControlEnvironments
import EnvironmentKit
import NeuralNetworks
import PolicyKinds
import PolicyOptimization
import TensorCore
import Testing

extension PolicyKind: CustomTestStringConvertible {}

extension PolicyKind {
  /// All kinds of policies, and what of their networks matters to an exported one besides.
  static let exported =
    all + [
      PolicyKind("two hidden layers of 64", Pendulum()) {
        $0.hiddenSizes = [64, 64]
        $0.normalizesObservations = true
      },
      PolicyKind("choices and a shared trunk", CartPole()) {
        $0.hiddenSizes = [33, 16]
        $0.sharesTrunk = true
        $0.normalizesObservations = true
        $0.valueTarget = .popart
      },
      PolicyKind("no hidden layer", CartPole()) {
        $0.hiddenSizes = []
        $0.valueTarget = .percentile
      },
      PolicyKind("LSTM", CartPole()) {
        $0.recurrence = .lstm
        $0.hiddenSizes = [20]
        $0.recurrentSize = 17
        $0.valueTarget = .symlog
      },
      PolicyKind("two numbers", PlanarQuadrotor()) { $0.normalizesObservations = true },
      PolicyKind(
        "numbers of uneven bounds",
        Dials(lowest: [-0.5, -.infinity, 3], highest: [2, .infinity, .infinity])),
      PolicyKind("squashed to uneven bounds", Dials(lowest: [-0.5, 0], highest: [2, 50])) {
        $0.squashesActions = true
      },
    ]
    + Activation.allCases.map { activation in
      PolicyKind("\(activation)", Acrobot()) {
        $0.activation = activation
        $0.hiddenSizes = [24, 18]
        $0.learningRate = 0.01
      }
    }

  /// A policy that was trained for a moment, so that nothing in it is as it was at the start.
  func policy() throws -> TrainedPolicy {
    let trainer = try Trainer(environment, hyperparameters, seed: 4, threads: 1)
    try trainer.train()
    return trainer.policy
  }
}

/// What a policy was shown and what it did, step by step.
struct PlayedSteps {
  var isFirst: [Bool] = []
  /// `[steps, D]`.
  var observations: [Float] = []
  /// `[steps, M]`, 1 for each valid choice; empty where all are.
  var masks: [Float] = []
  var decisions: [Decision] = []

  /// `[steps, components]`.
  var actions: [Float] { decisions.flatMap(\.action) }

  /// Plays whole episodes, one after another.
  init(episodes: Int, of policy: TrainedPolicy, in environment: some Environment) throws {
    let player = try PolicyPlayer(policy, in: environment)
    let runner = try EpisodeRunner(of: environment, seed: 5)
    for episode in 0..<episodes {
      if episode > 0 { try runner.begin(0) }
      while !runner.hasEnded(0) {
        let (situation, observation) = (runner.situation(of: 0), runner.observation(of: 0))
        let step = try runner.step([0], by: player, isStochastic: false)[0]
        add(observation, situation, step.decision)
      }
    }
  }

  /// Lets a policy act on any observations, as episodes of 40 steps.
  init(on observations: [[Float]], of policy: TrainedPolicy, in environment: some Environment)
    throws
  {
    let player = try PolicyPlayer(policy, in: environment)
    for (step, observation) in observations.enumerated() {
      let situation = Situation(
        environment: 0, isFirst: step % 40 == 0,
        validChoices: environment.hasActionMask
          ? environment.actionSpace.choiceCounts.flatMap { count in
            (0..<count).map { $0 == step % count || (step + $0) % 3 == 0 }
          } : nil)
      add(observation, situation, player.decide(observation, in: [situation], drawing: nil)[0])
    }
  }

  private mutating func add(_ observation: [Float], _ situation: Situation, _ decision: Decision) {
    isFirst.append(situation.isFirst)
    observations += observation
    masks += situation.validChoices?.map { $0 ? 1 : 0 } ?? []
    decisions.append(decision)
  }
}
