import Drawing
import EnvironmentKit
import Requirements

/// Environments in which an agent acts while somebody watches.
///
/// An episode that has ended stays as it is for half a second, and then the next one begins.
final class Stage<Base: Environment> {
  /// The environment.
  let environment: Base
  /// Who acts.
  let agent: any Agent

  private var episodes: [WatchedEpisode<Base>]
  private var rests: [Int]

  /// Environments at the start of their first episodes.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - count: How many of it, at least 1.
  ///   - agent: Who acts.
  ///   - seed: The seed; the first episodes are those of an evaluation with the same seed.
  init(_ environment: Base, count: Int, agent: any Agent, seed: UInt64) {
    require(count > 0, "A stage needs at least 1 environment, not \(count).")
    self.environment = environment
    self.agent = agent
    episodes = (0..<count).map { WatchedEpisode(of: environment, index: $0, seed: seed) }
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
  func advance(_ range: Range<Int>, isDeterministic: Bool) {
    let running = range.filter { episodes[$0].ending == .none }
    rest(range)
    if running.isEmpty { return }
    let decisions = agent.decide(
      running.flatMap { episodes[$0].observation }, in: running.map { episodes[$0].situation },
      drawing: isDeterministic ? nil : running.map { episodes[$0].draw })
    for (index, decision) in zip(running, decisions) {
      episodes[index].take(decision)
      if episodes[index].ending != .none { rests[index] = restLength }
    }
  }

  /// Lets time pass where an episode has ended.
  private func rest(_ range: Range<Int>) {
    for index in range where episodes[index].ending != .none {
      rests[index] -= 1
      if rests[index] <= 0 { episodes[index].begin() }
    }
  }

  /// Begins new episodes.
  func restart(_ range: Range<Int>) {
    for index in range { episodes[index].begin() }
  }

  /// What is to be seen of some environments.
  func views(_ range: Range<Int>) -> [EpisodeView] { range.map { episodes[$0].view } }
}
