import Drawing
import EnvironmentKit
import Requirements

/// Environments in which an agent acts while a window shows them.
///
/// An episode that has ended stays as it is for half a second, and then the next one begins.
final class WatchedEnvironments {
  /// The environment.
  let environment: any BatchableEnvironment
  /// Who acts.
  let agent: any Agent

  private let runner: EpisodeRunner
  private var episodes: [WatchedEpisode]
  private var rests: [Int]

  /// Environments at the start of their first episodes.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - count: How many of it, at least 1.
  ///   - agent: Who acts.
  ///   - seed: The seed; the first episodes are those of an evaluation with the same seed.
  /// - Throws: If the environments cannot be made.
  init(
    _ environment: any BatchableEnvironment, count: Int, agent: any Agent, seed: UInt64
  ) throws {
    require(count > 0, "A window needs at least 1 environment, not \(count).")
    self.environment = environment
    self.agent = agent
    runner = try EpisodeRunner(of: environment, numbers: 0..<count, seed: seed)
    episodes = Array(repeating: WatchedEpisode(), count: count)
    rests = Array(repeating: 0, count: count)
  }

  private var restLength: Int {
    Int(environment.stepsPerSecond / 2, within: 1...10_000, rounded: .down)
  }

  /// Takes a step in some environments.
  ///
  /// - Parameters:
  ///   - range: Which.
  ///   - isDeterministic: Whether the most probable actions are taken.
  /// - Throws: If an environment fails.
  func advance(_ range: Range<Int>, isDeterministic: Bool) throws {
    let running = range.filter { episodes[$0].ending == .none }
    try rest(range)
    if running.isEmpty { return }
    let steps = try runner.step(running, by: agent, isStochastic: !isDeterministic)
    for (index, step) in zip(running, steps) {
      episodes[index].add(step)
      if episodes[index].ending != .none { rests[index] = restLength }
    }
  }

  /// Lets time pass where an episode has ended.
  private func rest(_ range: Range<Int>) throws {
    for index in range where episodes[index].ending != .none {
      rests[index] -= 1
      if rests[index] <= 0 { try begin(index) }
    }
  }

  /// Begins new episodes.
  ///
  /// - Throws: If an environment fails.
  func restart(_ range: Range<Int>) throws {
    for index in range { try begin(index) }
  }

  private func begin(_ index: Int) throws {
    try runner.begin(index)
    episodes[index].begin()
  }

  /// What is to be seen of some environments.
  func views(_ range: Range<Int>) -> [EpisodeView] {
    range.map { episodes[$0].view(runner.visibleScene(of: $0), timeLimit: environment.timeLimit) }
  }
}
