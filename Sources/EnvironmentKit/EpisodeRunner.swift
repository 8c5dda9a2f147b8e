import RandomStreams
import Requirements

/// Copies of an environment in which an agent acts, episode by episode.
///
///     let runner = try EpisodeRunner(of: environment, seed: 1)
///     while !runner.hasEnded(0) {
///       let step = try runner.step([0], by: agent, isStochastic: false)[0]
///       print(step.decision.action, step.reward)
///     }
///     print(runner.episodeReturn(of: 0), runner.length(of: 0))
///
/// Unlike a batch that a trainer steps, an episode that has ended stays in its last state until
/// ``begin(_:)`` starts the next one, so that it can be inspected. Evaluations, the viewer, recordings
/// and the checker play their episodes with it: the same environment, seed and number give the same
/// episodes in all of them.
public final class EpisodeRunner {
  /// The environment.
  public let environment: any BatchableEnvironment
  /// The number of copies, N.
  public let count: Int

  /// The actions and results of the copies.
  package let arrays: StepArrays
  private let numbers: Range<Int>
  private let seed: UInt64
  private let batch: any EnvironmentBatch
  private let choiceCount: Int?
  private var progress: [Progress]

  /// How far a copy has come.
  private struct Progress {
    /// The actions that were chosen in all its episodes.
    var actionsChosen = 0
    /// The steps of its present episode.
    var length = 0
    /// The sum of the rewards of its present episode.
    var earned = 0.0
    var ending = Ending.none
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
  ///   - numbers: The numbers of the copies, which address their random streams; one by default.
  ///   - seed: The seed of the environments and of drawn actions.
  ///   - purpose: What the copies are for; training and evaluation draw different numbers.
  /// - Throws: If the copies cannot be made.
  public init(
    of environment: any BatchableEnvironment, numbers: Range<Int> = 0..<1, seed: UInt64,
    purpose: RandomStream.Purpose = .evaluationEnvironment
  ) throws {
    self.environment = environment
    self.numbers = numbers
    self.seed = seed
    count = numbers.count
    batch = try environment.makeBatch(of: numbers, seed: seed, purpose: purpose, afterEnd: .wait)
    arrays = StepArrays(for: environment, count: count)
    choiceCount = environment.maskedChoiceCount
    progress = Array(repeating: Progress(), count: count)
    batch.observe(0..<count, into: arrays.buffers().observations)
  }

  // MARK: What is known of a copy

  /// Whether the episode of a copy has ended.
  public func hasEnded(_ row: Int) -> Bool { progress[row].ending != .none }

  /// How the last step of a copy ended its episode.
  public func ending(of row: Int) -> Ending { progress[row].ending }

  /// The number of steps of the present episode of a copy.
  public func length(of row: Int) -> Int { progress[row].length }

  /// The sum of the rewards of the present episode of a copy, so far.
  public func episodeReturn(of row: Int) -> Double { progress[row].earned }

  /// The present observation of a copy, `[D]`; after an end the last one of its episode.
  public func observation(of row: Int) -> [Float] {
    let width = arrays.observationCount
    return Array(arrays.observations[row * width..<(row + 1) * width])
  }

  /// The present state of a copy as a drawing.
  public func scene(of row: Int) -> Scene { batch.scene(of: row) }

  /// What is known of the present state of a copy besides the observation.
  public func situation(of row: Int) -> Situation {
    Situation(
      environment: numbers.lowerBound + row, isFirst: progress[row].length == 0,
      validChoices: validChoices(of: row))
  }

  /// The random numbers that the next action of a copy may be drawn with.
  public func draw(of row: Int) -> ActionDraw {
    ActionDraw(
      seed: seed, environment: numbers.lowerBound + row, step: progress[row].actionsChosen)
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

  // MARK: Episodes

  /// Starts the next episode of a copy.
  ///
  /// - Throws: If the environment fails.
  public func begin(_ row: Int) throws {
    try batch.restart(row)
    progress[row] = Progress(actionsChosen: progress[row].actionsChosen)
    batch.observe(row..<row + 1, into: arrays.buffers(from: row).observations)
  }

  /// Lets an agent take a step in some copies.
  ///
  /// - Parameters:
  ///   - rows: The copies, whose episodes have not ended.
  ///   - agent: The agent.
  ///   - isStochastic: Whether actions are drawn, instead of the most probable taken.
  /// - Returns: The steps, in the order of `rows`.
  /// - Throws: If the environment fails, and ``DecisionError`` if the agent's first decision in an
  ///   episode, or any of its actions, is not of finite numbers.
  public func step(_ rows: [Int], by agent: any Agent, isStochastic: Bool) throws -> [Step] {
    let decisions = agent.decide(
      rows.flatMap { observation(of: $0) }, in: rows.map { situation(of: $0) },
      drawing: isStochastic ? rows.map { draw(of: $0) } : nil)
    return try zip(rows, decisions).map { row, decision in
      try check(decision, of: row)
      try step(row, action: decision.action)
      let ending = progress[row].ending
      return Step(
        decision: decision, reward: Double(arrays.rewards[row]), ending: ending,
        episodeReturn: ending == .none ? nil : progress[row].earned)
    }
  }

  /// Checks an action, and the first decision of an episode as a whole: by it an agent shows that is
  /// of no use.
  private func check(_ decision: Decision, of row: Int) throws(DecisionError) {
    let isFirst = progress[row].length == 0
    guard let (what, number) = isFirst ? decision.firstNotFinite : decision.firstNotFiniteAction
    else { return }
    throw DecisionError(
      environment: environment.name, what: what, number: number, steps: progress[row].length)
  }

  /// Takes a step in a copy, whose episode has not ended.
  ///
  /// - Parameters:
  ///   - row: The copy.
  ///   - action: ``ActionSpace/componentCount`` numbers, as the environment takes them.
  /// - Throws: If the environment fails.
  public func step(_ row: Int, action: [Float]) throws {
    for (component, number) in action.enumerated() {
      arrays.actions[row * arrays.actionCount + component] = number
    }
    try step(row..<row + 1)
  }

  // MARK: Many copies at once

  /// Takes a step in a range of copies by the actions that stand in the arrays.
  ///
  /// - Throws: If the environment fails.
  package func step(_ rows: Range<Int>) throws {
    for row in rows {
      require(
        progress[row].ending == .none,
        """
        The episode of row \(row) of \(environment.name) has ended; begin another one before the next \
        step.
        """)
    }
    try batch.step(rows, through: arrays.buffers(from: rows.lowerBound))
    for row in rows {
      let ending = arrays.endings[row]
      progress[row].actionsChosen += 1
      progress[row].length += 1
      progress[row].ending = ending
      // Rewards are handed over in single precision; the sum of an episode that has ended is not.
      progress[row].earned =
        ending == .none
        ? progress[row].earned + Double(arrays.rewards[row]) : arrays.episodeReturns[row]
    }
  }

  /// Writes which choices are valid in some copies, as the batch does.
  package func writeActionMasks(
    into masks: UnsafeMutablePointer<Float>, of rows: Range<Int>
  ) -> Bool {
    batch.writeActionMasks(into: masks, of: rows)
  }

  /// The state of the batch, for a comparison with what is restored of it.
  package func snapshot() throws -> any EnvironmentSnapshot { try batch.snapshot() }

  /// Returns the batch to a snapshot; episodes go on where this runner stands.
  package func restore(_ snapshot: any EnvironmentSnapshot) throws {
    try batch.restore(any: snapshot)
  }
}
