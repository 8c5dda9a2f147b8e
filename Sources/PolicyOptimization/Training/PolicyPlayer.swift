import EnvironmentKit
import NeuralNetworks
import RandomStreams
import Requirements
import TensorCore

/// Lets a trained policy act, step by step.
///
/// This is all that is needed to use the file of a run, without a trainer:
///
///     import EnvironmentKit
///     import Foundation
///     import PolicyOptimization
///
///     let file = URL(fileURLWithPath: "runs/CartPole-v1-seed-1/checkpoint.safetensors")
///     let policy = try Checkpoint(contentsOf: file).policy(for: environment)
///     let player = try PolicyPlayer(policy, in: environment)
///     let runner = try EpisodeRunner(of: environment, seed: 1)
///     while !runner.hasEnded(0) {
///       let step = try runner.step([0], by: player, isStochastic: false)[0]
///       print(step.decision.action, step.decision.preferences)
///     }
///
/// Observations from another source, a robot or a game, are given to ``decide(_:in:drawing:)`` with a
/// `Situation`, which says which choices are valid and whether an episode has just begun. A player owns
/// the memory that the network computes in, and remembers the episodes of a recurrent policy if it is
/// given the situations; it is used by one thread at a time.
public final class PolicyPlayer: Agent {
  /// The policy, which may be replaced by another of the same network, as when one watches it learn.
  public var policy: TrainedPolicy {
    didSet { packedWeights.update(from: policy.parameters) }
  }

  private let environment: String
  private let actionSpace: ActionSpace
  private let observationCount: Int
  private let actionCount: Int
  private let choiceCount: Int?
  private let tape = Tape(isRecording: false)
  private let packedWeights: PackedWeights
  /// What a recurrent policy remembers, by the number of the environment.
  private var memories: [Int: [Float]] = [:]

  /// A player of a policy.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - environment: The environment that it was trained in.
  /// - Throws: ``NetworkMismatch`` if the policy does not fit the spaces of the environment.
  public convenience init(
    _ policy: TrainedPolicy, in environment: any BatchableEnvironment
  ) throws(NetworkMismatch) {
    try policy.checkFit(to: environment)
    self.init(unchecked: policy, in: environment)
  }

  /// A player of a policy that is known to fit the environment.
  init(unchecked policy: TrainedPolicy, in environment: any BatchableEnvironment) {
    self.policy = policy
    packedWeights = PackedWeights(policy.network.layout)
    packedWeights.update(from: policy.parameters)
    self.environment = environment.name
    actionSpace = environment.actionSpace
    observationCount = environment.observationSpace.count
    actionCount = environment.actionSpace.componentCount
    choiceCount = environment.maskedChoiceCount
  }

  /// Chooses an action for each observation, and reports how probable others were and what return is
  /// expected. Each is taken for the first of an episode, with all choices valid.
  ///
  /// - Parameters:
  ///   - observations: `[rows, D]`.
  ///   - draws: The random numbers for each row, or `nil` for the most probable actions.
  /// - Returns: A decision for each row.
  /// - Precondition: `observations` holds whole rows, and `draws` as many as there are rows; the
  ///   environment has no masks, for which ``decide(_:in:drawing:)`` takes what is valid.
  public func decide(_ observations: [Float], drawing draws: [ActionDraw]?) -> [Decision] {
    require(
      choiceCount == nil,
      """
      \(environment) masks its actions, and decide(_:drawing:) is not told which are valid; call \
      decide(_:in:drawing:) with a Situation, such as that of an EpisodeRunner.
      """)
    let situations = (0..<observations.count / observationCount).map {
      Situation(environment: $0, isFirst: true)
    }
    return decide(observations, in: situations, drawing: draws)
  }

  /// Chooses an action for each observation by the situation, too: what is remembered of its episode,
  /// and what is valid.
  ///
  /// - Parameters:
  ///   - observations: `[rows, D]`.
  ///   - situations: What else is known, for each row.
  ///   - draws: The random numbers for each row, or `nil` for the most probable actions.
  /// - Returns: A decision for each row.
  /// - Precondition: `observations` holds whole rows; there are as many situations and `draws`.
  public func decide(
    _ observations: [Float], in situations: [Situation], drawing draws: [ActionDraw]?
  ) -> [Decision] {
    let rows = observations.count / observationCount
    require(
      rows * observationCount == observations.count && rows == draws?.count ?? rows,
      """
      \(observations.count) numbers and \(draws?.count ?? rows) draws are not rows of \
      \(observationCount) numbers with a draw for each.
      """)
    require(situations.count == rows, "There are \(situations.count) situations for \(rows) rows.")
    let (inputs, actions) = (Buffer(observations), Buffer(count: rows * actionCount))
    let memory = recall(situations)
    let output = act(
      on: inputs.memory, choosing: actions.memory, masks: masks(of: situations), memory: memory
    ) { row in draws?[row] }
    remember(memory, situations)
    let preferences = output.policy.preferences(rows: rows)
    return (0..<rows).map { row in
      Decision(
        action: Array(actions.elements[row * actionCount..<(row + 1) * actionCount]),
        preferences: preferences[row],
        value: policy.expectedReturn(output.value.memory[row]).map(Self.single))
    }
  }

  /// The nearest number of single precision; one that is finite stays so.
  private static func single(_ value: Double) -> Float {
    let largest = Double(Float.greatestFiniteMagnitude)
    return Float(value.isFinite ? min(max(value, -largest), largest) : value)
  }

  /// What is remembered of some episodes, `[rows, S]`; nothing of those that have just begun.
  private func recall(_ situations: [Situation]) -> Buffer {
    let nothing = [Float](repeating: 0, count: policy.network.memoryCount)
    return Buffer(
      situations.flatMap { $0.isFirst ? nothing : memories[$0.environment] ?? nothing })
  }

  private func remember(_ memory: Buffer, _ situations: [Situation]) {
    let count = policy.network.memoryCount
    guard count > 0 else { return }
    for (row, situation) in situations.enumerated() {
      memories[situation.environment] = Array(memory.elements[row * count..<(row + 1) * count])
    }
  }

  private func masks(of situations: [Situation]) -> Buffer? {
    guard let choiceCount else { return nil }
    return Buffer(
      situations.flatMap { situation -> [Float] in
        let valid = situation.validChoices ?? Array(repeating: true, count: choiceCount)
        require(
          valid.count == choiceCount,
          "A situation in \(environment) tells of \(valid.count) choices; there are \(choiceCount)."
        )
        return valid.map { $0 ? 1 : 0 }
      })
  }

  /// Chooses actions, as the environment may take them.
  ///
  /// - Parameters:
  ///   - observations: `[rows, D]`; normalised in place.
  ///   - actions: Receives the actions, `[rows, components]`.
  ///   - masks: 1 for each valid choice and 0 for the others, `[rows, M]`; `nil` if all are valid.
  ///   - memory: What is remembered, `[rows, S]`; replaced by what is remembered then.
  ///   - draw: The random numbers of a row, or `nil` for its most probable action; all rows are
  ///     drawn or none is.
  /// - Returns: What the network says, valid until the next call.
  @discardableResult
  func act(
    on observations: UnsafeMutableBufferPointer<Float>,
    choosing actions: UnsafeMutableBufferPointer<Float>, masks: Buffer?, memory: Buffer,
    drawing draw: (Int) -> ActionDraw?
  ) -> PolicyOutput {
    guard let inputs = observations.baseAddress, let actions = actions.baseAddress else {
      stop("A policy cannot act on no observations.")
    }
    let rows = observations.count / observationCount
    policy.normalizer?.apply(to: inputs, from: inputs, rows: rows)
    tape.reset(parameters: policy.parameters, packed: packedWeights)
    func matrix(_ numbers: UnsafePointer<Float>, _ count: Int) -> Variable {
      tape.constant(numbers, shape: Shape(rows, count / rows))
    }
    let output = policy.network(
      PolicyInput(
        observations: matrix(inputs, observations.count),
        actionMask: masks.map { matrix($0.pointer, $0.count) },
        memory: memory.count > 0
          ? SequenceMemory(steps: 1, states: matrix(memory.pointer, memory.count)) : nil),
      on: tape)
    if let states = output.memory {
      memory.pointer.update(from: states.memory, count: memory.count)
    }
    if draw(0) == nil {
      output.policy.writeMode(to: actions)
    } else {
      let noise = noise(rows, drawing: draw)
      output.policy.sample(to: actions, noise: noise?.numbers(from: 0)) { row in
        stream(for: draw(row))
      }
    }
    output.policy.writeBounded(actions, rows: rows, in: actionSpace, to: actions)
    return output
  }

  /// The numbers that the policy keeps for several steps, if it does.
  private func noise(_ rows: Int, drawing draw: (Int) -> ActionDraw?) -> ExplorationNoise? {
    let noise = ExplorationNoise(
      for: policy.network, environments: rows, purpose: .evaluationExploration)
    for row in 0..<rows {
      guard let noise, let draw = draw(row) else { continue }
      noise.fill(
        row, seed: draw.seed, environment: draw.environment, evaluationStep: draw.step)
    }
    return noise
  }

  private func stream(for draw: ActionDraw?) -> RandomStream {
    guard let draw else { stop("Some rows are to be drawn and others not.") }
    return RandomStream(
      seed: draw.seed, purpose: .evaluationAction, index: draw.environment,
      position: UInt64(draw.step) * actionSpace.wordsPerAction)
  }
}
