import RandomStreams
import Requirements

/// Copies of an environment in which an agent acts, episode by episode.
///
/// Unlike a batch that a trainer steps, an episode that has ended stays in its last state until
/// ``begin(_:)`` starts the next one, so that it can be looked at. The episodes are those of an
/// evaluation with the same seed.
public final class EpisodeBatch {
  /// The environment.
  public let environment: any BatchableEnvironment
  /// The number of copies, N.
  public let count: Int

  private let firstNumber: Int
  private let seed: UInt64
  private let batch: any EnvironmentBatch
  private let arrays: StepArrays
  private let choiceCount: Int?
  private var progress: [Progress]

  /// How far a copy has come.
  private struct Progress {
    /// The actions that were chosen in all its episodes.
    var actionsChosen = 0
    /// The steps of its running episode.
    var steps = 0
    var hasEnded = false
  }

  /// The result of one step of one copy.
  public struct Step: Sendable {
    /// The decision that was followed.
    public let decision: Decision
    /// The reward.
    public let reward: Double
    /// How the step ended the episode.
    public let ending: Ending
    /// The sum of the episode's rewards, known where it has ended.
    public let episodeReturn: Double?
  }

  /// Makes copies of an environment, each at the start of an episode.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - numbers: The numbers of the copies, which address their random streams.
  ///   - seed: The seed of the environments and of drawn actions.
  /// - Throws: If the copies cannot be made.
  public init(of environment: any BatchableEnvironment, numbers: Range<Int>, seed: UInt64) throws {
    self.environment = environment
    self.seed = seed
    count = numbers.count
    firstNumber = numbers.lowerBound
    batch = try environment.makeBatch(
      of: numbers, seed: seed, purpose: .evaluationEnvironment, afterEnd: .wait)
    arrays = StepArrays(for: environment, count: count)
    choiceCount = environment.maskedChoiceCount
    progress = Array(repeating: Progress(), count: count)
    for row in 0..<count { observe(row) }
  }

  /// Whether the episode of a copy has ended.
  public func hasEnded(_ row: Int) -> Bool { progress[row].hasEnded }

  /// The present observation of a copy, `[D]`.
  public func observation(of row: Int) -> [Float] {
    let width = arrays.observationCount
    return Array(arrays.observations[row * width..<(row + 1) * width])
  }

  /// The present state of a copy as a drawing, or its observation as bars if it has none.
  public func scene(of row: Int) -> Scene { batch.scene(of: row) }

  /// Starts the next episode of a copy.
  ///
  /// - Throws: If the environment fails.
  public func begin(_ row: Int) throws {
    try batch.restart(row)
    progress[row].steps = 0
    progress[row].hasEnded = false
    observe(row)
  }

  /// Lets an agent take a step in some copies.
  ///
  /// - Parameters:
  ///   - rows: The copies, whose episodes have not ended.
  ///   - agent: The agent.
  ///   - isStochastic: Whether actions are drawn, instead of the most probable taken.
  /// - Returns: The steps, in the order of `rows`.
  /// - Throws: If the environment fails.
  public func step(_ rows: [Int], by agent: any Agent, isStochastic: Bool) throws -> [Step] {
    let decisions = agent.decide(
      rows.flatMap { observation(of: $0) }, in: rows.map { situation(of: $0) },
      drawing: isStochastic ? rows.map { draw(of: $0) } : nil)
    return try zip(rows, decisions).map { row, decision in try step(row, decision) }
  }

  private func step(_ row: Int, _ decision: Decision) throws -> Step {
    require(!progress[row].hasEnded, "The episode of row \(row) has ended; begin another one.")
    let width = arrays.actionCount
    for (component, number) in decision.action.enumerated() {
      arrays.actions[row * width + component] = number
    }
    try batch.step(row..<row + 1, through: arrays.buffers(from: row))
    let ending = arrays.endings[row]
    progress[row].actionsChosen += 1
    progress[row].steps += 1
    progress[row].hasEnded = ending != .none
    return Step(
      decision: decision, reward: Double(arrays.rewards[row]), ending: ending,
      episodeReturn: ending == .none ? nil : arrays.episodeReturns[row])
  }

  private func observe(_ row: Int) {
    batch.observe(row..<row + 1, into: arrays.buffers(from: row).observations)
  }

  private func draw(of row: Int) -> ActionDraw {
    ActionDraw(seed: seed, environment: firstNumber + row, step: progress[row].actionsChosen)
  }

  private func situation(of row: Int) -> Situation {
    Situation(
      environment: firstNumber + row, isFirst: progress[row].steps == 0,
      validChoices: validChoices(of: row))
  }

  private func validChoices(of row: Int) -> [Bool]? {
    guard let choiceCount else { return nil }
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: choiceCount) { mask in
      mask.initialize(repeating: 0)
      guard let start = mask.baseAddress else { return [] }
      _ = batch.writeActionMasks(into: start, of: row..<row + 1)
      return mask.map { $0 != 0 }
    }
  }
}
