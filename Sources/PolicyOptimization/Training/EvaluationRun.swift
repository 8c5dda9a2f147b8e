import EnvironmentKit
import RandomStreams
import TensorCore

/// Episodes of an evaluation that are played side by side, each in an environment of its own.
final class EvaluationRun {
  private let environment: any BatchableEnvironment
  private let episodes: EpisodeRunner
  private let player: PolicyPlayer
  private let seed: UInt64
  /// The number of the first episode.
  private let first: Int
  private let isStochastic: Bool
  private let masks: Buffer?
  private let choiceCounts: [Int]
  // An episode that is over is not played on, so what is remembered of it need not be forgotten.
  private let memory: Buffer
  /// The episodes that go on, where they lie side by side.
  private var running: [Range<Int>]
  /// How many episodes act in one forward pass, and about as many are stepped at once: few enough that a
  /// request to stop is heard in between.
  private let rowsAtOnce: Int
  private var rows: GatheredRows
  /// How many steps each episode that goes on has taken.
  private(set) var stepCount = 0

  init(
    of policy: TrainedPolicy, in environment: any BatchableEnvironment, numbers: Range<Int>,
    seed: UInt64, isStochastic: Bool, rowsAtOnce: Int = 1024
  ) throws(EvaluationError) {
    do {
      self.episodes = try EpisodeRunner(of: environment, numbers: numbers, seed: seed)
    } catch {
      throw EvaluationError(
        environment: environment.name, problem: .simulator("\(error)"),
        episode: numbers.lowerBound, step: 0)
    }
    first = numbers.lowerBound
    let episodes = numbers.count
    self.environment = environment
    player = PolicyPlayer(unchecked: policy, in: environment)
    self.seed = seed
    self.isStochastic = isStochastic
    memory = Buffer(count: episodes * policy.network.memoryCount)
    choiceCounts = environment.actionSpace.choiceCounts
    masks = environment.maskedChoiceCount.map { Buffer(count: episodes * $0) }
    running = [0..<episodes]
    self.rowsAtOnce = rowsAtOnce
    rows = GatheredRows(
      count: min(episodes, rowsAtOnce), of: environment, memoryCount: policy.network.memoryCount)
  }

  private var arrays: StepArrays { episodes.arrays }

  /// Whether an episode goes on.
  var isRunning: Bool { !running.isEmpty }

  /// What the episodes earned; those that go on have not ended.
  var evaluation: Evaluation {
    let all = 0..<episodes.count
    return Evaluation(
      returns: all.map { episodes.episodeReturn(of: $0) },
      lengths: all.map { episodes.length(of: $0) },
      unfinishedCount: all.count { !episodes.hasEnded($0) })
  }

  /// Takes a step in every episode that goes on.
  ///
  /// - Parameter shouldStop: Asked between parts of the step where there are many episodes.
  /// - Throws: ``EvaluationError`` if a number is not finite, a state allows no action, or it was stopped.
  func step(until shouldStop: () -> Bool = { false }) throws(EvaluationError) {
    try check(.observation, arrays.observations, width: arrays.observationCount)
    try writeMasks()
    let rows = running.flatMap(\.self)
    for first in stride(from: 0, to: rows.count, by: rowsAtOnce) {
      if first > 0 && shouldStop() { throw error(.stopped, in: 0) }
      try act(rows[first..<min(first + rowsAtOnce, rows.count)])
    }
    try check(.action, arrays.actions, width: arrays.actionCount)
    try stepEnvironments(until: shouldStop)
    stepCount += 1
    try check(.reward, arrays.rewards, width: 1)
    try finishEpisodes()
  }

  /// Lets the policy choose the actions of some episodes.
  private func act(_ episodes: ArraySlice<Int>) throws(EvaluationError) {
    if rows.count != episodes.count {
      rows = GatheredRows(
        count: episodes.count, of: environment, memoryCount: player.policy.network.memoryCount)
    }
    rows.observations.gather(episodes, of: arrays.buffers().observations)
    if let masks { rows.masks?.gather(episodes, of: masks.pointer) }
    rows.memory.gather(episodes, of: memory.pointer)
    let output = player.act(
      on: rows.observations.memory, choosing: rows.actions.memory, masks: rows.masks,
      memory: rows.memory
    ) { row in
      isStochastic
        ? ActionDraw(
          seed: seed, environment: first + episodes[episodes.startIndex + row], step: stepCount)
        : nil
    }
    if stepCount == 0 { try check(output, of: episodes) }
    rows.memory.scatter(episodes, to: memory.pointer)
    if let actions = arrays.actions.baseAddress { rows.actions.scatter(episodes, to: actions) }
  }

  private func stepEnvironments(until shouldStop: () -> Bool) throws(EvaluationError) {
    var count = 0
    for range in running {
      for first in stride(from: range.lowerBound, to: range.upperBound, by: rowsAtOnce) {
        if count >= rowsAtOnce {
          if shouldStop() { throw error(.stopped, in: 0) }
          count = 0
        }
        let some = first..<min(first + rowsAtOnce, range.upperBound)
        try step(some)
        count += some.count
      }
    }
  }

  private func step(_ range: Range<Int>) throws(EvaluationError) {
    do {
      try episodes.step(range)
    } catch {
      throw self.error(.simulator("\(error)"), in: range.lowerBound)
    }
  }

  private func finishEpisodes() throws(EvaluationError) {
    var isAnyOver = false
    for range in running {
      for episode in range where episodes.hasEnded(episode) {
        isAnyOver = true
        try check(
          .lastObservation, arrays.finalObservations, width: arrays.observationCount, of: episode)
        try check(.episodeReturn, arrays.episodeReturns[episode], of: episode)
      }
    }
    if isAnyOver { findRunning() }
  }

  private func findRunning() {
    var found: [Range<Int>] = []
    for range in running {
      for episode in range where !episodes.hasEnded(episode) {
        if let last = found.last, last.upperBound == episode {
          found[found.count - 1] = last.lowerBound..<episode + 1
        } else {
          found.append(episode..<episode + 1)
        }
      }
    }
    running = found
  }

  private func writeMasks() throws(EvaluationError) {
    guard let masks else { return }
    let width = choiceCounts.reduce(0, +)
    for range in running {
      let first = masks.pointer + range.lowerBound * width
      if episodes.writeActionMasks(into: first, of: range) { continue }
      for episode in range {
        try checkMask(UnsafePointer(masks.pointer + episode * width), of: episode)
      }
    }
  }

  private func checkMask(_ mask: UnsafePointer<Float>, of episode: Int) throws(EvaluationError) {
    var choices = mask
    for (component, count) in choiceCounts.enumerated() {
      guard UnsafeBufferPointer(start: choices, count: count).contains(1) else {
        throw error(.noValidChoice(component: component), in: episode)
      }
      choices += count
    }
  }

  private func check(
    _ what: EvaluationError.Quantity, _ numbers: UnsafeMutableBufferPointer<Float>, width: Int
  ) throws(EvaluationError) {
    for range in running {
      for episode in range { try check(what, numbers, width: width, of: episode) }
    }
  }

  private func check(
    _ what: EvaluationError.Quantity, _ numbers: UnsafeMutableBufferPointer<Float>, width: Int,
    of episode: Int
  ) throws(EvaluationError) {
    for index in episode * width..<(episode + 1) * width where !numbers[index].isFinite {
      throw error(.notFinite(what, Double(numbers[index])), in: episode)
    }
  }

  /// Checks what the policy makes of the first observations, by which one that has diverged shows.
  private func check(
    _ output: PolicyOutput, of episodes: ArraySlice<Int>
  ) throws(EvaluationError) {
    guard let (row, what, number) = output.firstNotFinite() else { return }
    throw error(.notFinite(what, Double(number)), in: episodes[episodes.startIndex + row])
  }

  private func check(
    _ what: EvaluationError.Quantity, _ number: Double, of episode: Int
  ) throws(EvaluationError) {
    if !number.isFinite { throw error(.notFinite(what, number), in: episode) }
  }

  /// An error in an episode, after the steps that were taken.
  func error(_ problem: EvaluationError.Problem, in episode: Int) -> EvaluationError {
    EvaluationError(
      environment: environment.name, problem: problem, episode: first + episode, step: stepCount)
  }
}
