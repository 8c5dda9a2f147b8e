import EnvironmentKit
import RandomStreams
import TensorCore

/// Lets a trained policy act, step by step.
///
///     let player = PolicyPlayer(try checkpoint.policy(for: environment), in: environment)
///     let decision = player.decide(observation, drawing: nil)[0]
///     print(decision.action, decision.preferences, decision.value)
///
/// A player owns the memory that the network computes in; it is used by one thread at a time.
public final class PolicyPlayer: Agent {
  /// The policy, which may be replaced by another of the same network, as when one watches it learn.
  public var policy: TrainedPolicy

  private let boundary: ActionBoundary
  private let observationCount: Int
  private let actionCount: Int
  private let tape = Tape(isRecording: false)

  /// A player of a policy.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - environment: The environment that it was trained in.
  public init(_ policy: TrainedPolicy, in environment: some Environment) {
    self.policy = policy
    boundary = ActionBoundary(environment.actionSpace)
    observationCount = environment.observationSpace.count
    actionCount = environment.actionSpace.componentCount
  }

  /// Chooses an action for each observation, and tells how probable others were and what return is
  /// expected.
  ///
  /// - Parameters:
  ///   - observations: `[rows, D]`.
  ///   - draws: The random numbers for each row, or `nil` for the most probable actions.
  /// - Returns: A decision for each row.
  /// - Precondition: `observations` holds whole rows, and `draws` as many as there are rows.
  public func decide(_ observations: [Float], drawing draws: [ActionDraw]?) -> [Decision] {
    let rows = observations.count / observationCount
    precondition(
      rows * observationCount == observations.count && rows == draws?.count ?? rows,
      """
      \(observations.count) numbers and \(draws?.count ?? rows) draws are not rows of \
      \(observationCount) numbers with a draw for each.
      """)
    let (inputs, actions) = (Buffer(observations), Buffer(count: rows * actionCount))
    let output = act(on: inputs.memory, choosing: actions.memory) { row in draws?[row] }
    let preferences = output.policy.preferences
    return (0..<rows).map { row in
      Decision(
        action: Array(actions.elements[row * actionCount..<(row + 1) * actionCount]),
        preferences: preferences[row], value: expectedReturn(output.value.memory[row]))
    }
  }

  /// The return that an output of the network stands for.
  private func expectedReturn(_ output: Float) -> Float {
    policy.valueScaling.map { Float($0.unscaled(Double(output))) } ?? output
  }

  /// Chooses actions, as the environment may take them.
  ///
  /// - Parameters:
  ///   - observations: `[rows, D]`; normalised in place.
  ///   - actions: Receives the actions, `[rows, components]`.
  ///   - draw: The random numbers of a row, or `nil` for its most probable action; all rows are
  ///     drawn or none is.
  /// - Returns: What the network says, valid until the next call.
  @discardableResult
  func act(
    on observations: UnsafeMutableBufferPointer<Float>,
    choosing actions: UnsafeMutableBufferPointer<Float>, drawing draw: (Int) -> ActionDraw?
  ) -> PolicyOutput {
    guard let inputs = observations.baseAddress, let actions = actions.baseAddress else {
      preconditionFailure("A policy cannot act on no observations.")
    }
    let rows = observations.count / observationCount
    policy.normalizer?.apply(to: inputs, from: inputs, rows: rows)
    tape.reset(parameters: policy.parameters)
    let shape = Shape(rows, observationCount)
    let output = policy.network(tape.constant(inputs, shape: shape), on: tape)
    if draw(0) == nil {
      output.policy.writeMode(to: actions)
    } else {
      output.policy.sample(to: actions) { row in stream(for: draw(row)) }
    }
    boundary.apply(to: actions, from: actions, rows: rows)
    return output
  }

  private func stream(for draw: ActionDraw?) -> RandomStream {
    guard let draw else { preconditionFailure("Some rows are to be drawn and others not.") }
    let words = ActionDistribution.wordsPerAction(components: actionCount)
    return RandomStream(
      seed: draw.seed, purpose: .evaluationAction, index: draw.environment,
      position: UInt64(draw.step) * words)
  }
}

extension Buffer {
  fileprivate var memory: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}
